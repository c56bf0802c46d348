// A work's page: every field is saved a second after it was typed, and what could not be sent waits on this computer.
// Files that are being checked are asked for again until their check is over.
import { Keeper } from "./sheet-keep.js";

const PAUSE = 1000;
const RETRY = 15000;
const POLL = 3000;

class Draft {
  constructor(form) {
    this.form = form;
    this.status = form.querySelector("[data-kept]");
    this.keeper = new Keeper(form.dataset.keeper);
    this.dirty = new Map();
    this.busy = false;
    form.addEventListener("input", (event) => this.note(event.target));
    form.addEventListener("change", (event) => this.note(event.target));
    form.addEventListener("submit", () => this.keeper.drop("fields"));
    window.addEventListener("online", () => this.send());
    this.restore();
  }

  // What was typed before and never reached the server.
  restore() {
    const kept = this.keeper.all()[0]?.[1] ?? {};
    for (const [name, value] of Object.entries(kept)) {
      const field = this.form.elements[name];
      if (!field) continue;
      field.value = value;
      this.dirty.set(name, value);
    }
    // What was typed before this script had come, or what the browser itself brought back.
    for (const field of this.form.elements) {
      if (!field.name || field.type === "hidden") continue;
      const other = field.type === "radio" ? field.checked && !field.defaultChecked : field.value !== field.defaultValue;
      if (other && field.tagName !== "SELECT") this.dirty.set(field.name, field.value);
    }
    if (this.dirty.size) this.send();
  }

  note(field) {
    if (!field.name || field.type === "hidden" || field.type === "file") return;
    this.dirty.set(field.name, this.form.elements[field.name].value);
    this.keeper.put("fields", Object.fromEntries(this.dirty));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), PAUSE);
  }

  async send() {
    if (this.busy || !this.dirty.size) return;
    this.busy = true;
    const sent = new Map(this.dirty);
    const body = new FormData();
    for (const [name, value] of sent) body.set(name, value);
    body.set("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
    try {
      const answer = await fetch(this.form.dataset.keep, { method: "POST", body, credentials: "same-origin", headers: { "X-Sheet": "1" } });
      if (answer.status === 401) return this.say("登录已过期。内容留在这台电脑上，请另开一页登录，再回来继续");
      if (answer.status >= 500) throw new Error(String(answer.status));
      const told = await answer.json();
      this.show(sent, told.problems ?? []);
      if (!told.saved) return this.say("没有保存，请看标红的提示");
      for (const [name, value] of sent) if (this.dirty.get(name) === value) this.dirty.delete(name);
      if (this.dirty.size) this.keeper.put("fields", Object.fromEntries(this.dirty));
      else this.keeper.drop("fields");
      this.say(`已自动保存，${told.saved}`);
    } catch {
      this.say("网络不通，内容留在这台电脑上，连上后自动保存");
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.send(), RETRY);
    } finally {
      this.busy = false;
    }
  }

  // The rules' words beside the fields that were just saved.
  show(sent, problems) {
    for (const name of sent.keys()) {
      const box = this.form.elements[name].closest?.(".field") ?? document.getElementById(`id_${name}`);
      if (!box) continue;
      box.querySelectorAll("[data-found]").forEach((line) => line.remove());
      const found = problems.filter((problem) => problem.field === name);
      box.classList.toggle("is-bad", found.some((problem) => problem.level === "error"));
      for (const problem of found) {
        const line = document.createElement("p");
        line.className = problem.level === "error" ? "field__error" : "field__hint";
        line.dataset.found = "";
        line.textContent = problem.message;
        box.append(line);
      }
    }
  }

  say(words) {
    if (this.status) this.status.textContent = words;
  }
}

// The files of one material, as the server shows them now.
export async function refresh(slot) {
  const answer = await fetch(slot.dataset.slot, { credentials: "same-origin" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-slot]");
  if (fresh) slot.replaceWith(document.adoptNode(fresh));
}

async function poll() {
  for (const slot of document.querySelectorAll("[data-slot][data-checking]")) {
    if (!slot.contains(document.activeElement)) await refresh(slot).catch(() => {});
  }
  setTimeout(poll, POLL);
}

// A file that has arrived appears in the list of its material.
document.addEventListener("uploaded", (event) => {
  const slot = event.target.closest(".work-slot")?.querySelector("[data-slot]");
  if (slot) refresh(slot).catch(() => {});
});

const form = document.querySelector("form[data-keep]");
if (form) new Draft(form);
setTimeout(poll, POLL);
