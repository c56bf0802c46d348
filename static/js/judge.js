// A judge's page: what is typed is kept on the device at once and sent a moment later; the next and previous work come
// in place of this one, from the server or, without a network, from what this page has seen (docs/decisions.md).
// Without this script the page is a plain form.
import { Banner, time } from "./judge-banner.js";
import { Rubric } from "./judge-inputs.js";
import { view } from "./judge-media.js";
import { Queue } from "./judge-queue.js";
import { asked, parsed, shell, warm } from "./judge-pages.js";

const PAUSE = 1200; // ms after the last key before a sheet is sent
const AHEAD = 2; // works fetched before they are asked for
const TYPING = "input, textarea, select";

const first = document.querySelector("form.sj");
const queue = new Queue(first.dataset.who, () => page.form.elements.csrfmiddlewaretoken.value);
const banner = new Banner(queue, first.dataset.login);
const seen = new Map(); // work → page as it was left
const ahead = new Map(); // work → HTML fetched in advance
const handed = new Set(); // works submitted here, whether the server knows yet or not
let page;
let timer = 0;

const hasTyping = (form) => [...form.querySelectorAll("[name^=m_], [name=comment]")].some((field) => field.value !== field.defaultValue);
const pkOf = (form) => Number(form.dataset.sheet);
const addressOf = (pk) => page.form.action.replace(/works\/\d+\//, `works/${pk}/`);

// --- One work -------------------------------------------------------------------------------------------------

function made(form) {
  const works = JSON.parse(form.querySelector("#works").textContent);
  const one = { form, pk: pkOf(form), works, place: works.findIndex((work) => work.pk === pkOf(form)) };
  one.rubric = new Rubric(form);
  one.turn = view(form.querySelector("[data-media]"));
  form.addEventListener("input", ({ target }) => { if (target.name) typed(); });
  form.addEventListener("submit", pressed);
  return one;
}

async function open(one) {
  page = one;
  document.title = document.title.replace(/作品 \S+/, `作品 ${one.form.dataset.code}`);
  banner.current = one.pk;
  banner.attach(one.form.querySelector("[data-net]"));
  const row = await queue.waiting(one.pk);
  if (page !== one) return;
  const early = !one.opened && hasTyping(one.form); // quicker than this script: what is on the screen is the newest
  one.opened = true;
  if (row && !early) {
    one.rubric.fill(row.marks, row.comment);
    say("已存本机", time(row.at));
  }
  if (row && row.state !== "waiting") answered(row);
  else if (early) await keep();
  queue.flush();
  if (!queue.offline) setTimeout(fetchAhead, 600);
}

function say(words, at = "") {
  page.form.querySelector("[data-saved]").replaceChildren(`${words} `, ...(at ? [document.createElement("br"), at] : []));
}

// Onto the device; `submit` hands the sheet in once it is there.
async function keep(submit = false) {
  const { form, rubric, pk } = page;
  if (!("editable" in form.dataset)) return;
  const base = Math.max(Number(form.elements.base.value), queue.versions.get(pk) ?? 0);
  const sheet = { pk, code: form.dataset.code, url: form.dataset.send, base, marks: rubric.marks, submit };
  await queue.keep({ ...sheet, comment: form.elements.comment.value, complete: rubric.complete, hold: rubric.faults.length > 0 });
  say(queue.store.lasting ? "已存本机" : "未上传", time());
}

function typed() {
  keep();
  clearTimeout(timer);
  timer = setTimeout(() => queue.flush(), PAUSE);
}

// --- Answers --------------------------------------------------------------------------------------------------

function answered(row) {
  if (row.pk !== page.pk) return;
  page.form.querySelector("[data-answer]")?.remove();
  const conflict = row.state === "stale";
  const box = document.getElementById(conflict ? "conflict" : "refused").content.firstElementChild.cloneNode(true);
  box.dataset.answer = "";
  if (conflict) box.querySelector("tbody").append(...differences(row));
  else {
    box.querySelector("b").textContent = "这份评分没有存入";
    box.querySelector("p").textContent = `${row.problems.map((one) => one.message).join("；")}。您填的还在下面，也存在本机。`;
  }
  box.addEventListener("click", async ({ target }) => {
    const choice = target.closest("[data-choose]")?.dataset.choose;
    if (!choice) return;
    box.remove();
    const now = (await queue.waiting(row.pk)) ?? row;
    await queue.choose({ ...now, stored: now.stored ?? row.stored }, choice === "mine");
    if (choice !== "mine") go(row.pk, { push: false });
  });
  page.form.querySelector(".sj-notes").append(box);
  box.focus();
  say("没有存入", time());
}

function differences(row) {
  const lines = page.rubric.rows.map((one) => {
    const code = page.rubric.input(one).name.slice(2);
    return [one.querySelector("label").firstChild.textContent.trim(), row.marks[code], row.stored.marks[code]];
  });
  lines.push(["评语", row.comment, row.stored.comment]);
  return lines.filter(([, mine, theirs]) => (mine || "") !== (theirs || "")).map(([name, mine, theirs]) => {
    const line = document.createElement("tr");
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = name;
    const cells = [mine, theirs].map((text) => {
      const cell = document.createElement("td");
      cell.className = "n";
      cell.textContent = text || "—";
      return cell;
    });
    line.append(head, ...cells);
    return line;
  });
}

queue.addEventListener("stored", ({ detail: { row, said } }) => {
  ahead.delete(row.pk);
  const one = page.pk === row.pk ? page : seen.get(row.pk);
  if (one) one.form.elements.base.value = said.version;
  if (page.pk !== row.pk) return;
  page.form.querySelector("[data-answer]")?.remove();
  say(said.state === "submitted" ? "已提交" : "已存入", said.saved_at);
  if (page.form.dataset.shell) go(page.pk, { push: false });
});
queue.addEventListener("refused", ({ detail: { row } }) => answered(row));
queue.addEventListener("changed", ({ detail: rows }) => {
  const waiting = new Set(rows.map((row) => row.pk));
  page.form.querySelectorAll("[data-strip] rect").forEach((box, i) => {
    const work = page.works[i];
    const done = work.done || handed.has(work.pk);
    box.setAttribute("class", i === page.place ? "now" : waiting.has(work.pk) ? "q" : done ? "done" : "");
  });
});

// --- From work to work ----------------------------------------------------------------------------------------

async function fetchAhead() {
  for (const work of page.works.slice(page.place + 1, page.place + 1 + AHEAD)) {
    if (queue.offline || ahead.has(work.pk) || seen.has(work.pk)) continue;
    const html = await asked(addressOf(work.pk)).catch(() => null);
    if (!html) return;
    ahead.set(work.pk, html);
    warm(html);
  }
}

async function go(pk, { push = true } = {}) {
  const address = addressOf(pk);
  let next = null;
  if (navigator.onLine) {
    say("正在打开…");
    try {
      const html = await asked(address);
      if (!html) return location.assign(address); // signed out, or no longer the judge's: the server says it
      next = made(parsed(html));
    } catch { /* no network after all */ }
  }
  next ??= offline(pk, address);
  if (!next) return say("离线时打不开这一件，联网后再看");
  seen.set(page.pk, page);
  page.form.replaceWith(next.form);
  if (push) history.pushState(null, "", address);
  scrollTo(0, 0);
  await open(next);
  next.form.querySelector("h1").setAttribute("tabindex", "-1");
  next.form.querySelector("h1").focus({ preventScroll: true });
}

// A work as this page has seen it, or fetched it ahead; one not begun yet gets the rubric without its media.
function offline(pk, address) {
  if (seen.has(pk) && pk !== page.pk) return seen.get(pk);
  if (ahead.has(pk)) return made(parsed(ahead.get(pk)));
  const work = page.works.find((one) => one.pk === pk);
  if (pk === page.pk || work.state !== "new" || !("editable" in page.form.dataset)) return null;
  return made(shell(page.form, work, address));
}

async function submit() {
  const { pk, rubric, works, place, form } = page;
  if (!rubric.complete) {
    rubric.focusFirstFault();
    return say(rubric.faults.length ? "有分数超出范围，请改好标红的项" : "还有没评的项，请补上分数");
  }
  clearTimeout(timer);
  await keep(true);
  say("正在提交…");
  await queue.flush();
  const left = await queue.waiting(pk);
  if (left && left.state !== "waiting") return;
  handed.add(pk);
  const order = [...works.slice(place + 1), ...works.slice(0, place)];
  const next = order.find((work) => !work.done && !handed.has(work.pk));
  const hall = document.querySelector("[data-follow][data-on]");
  if (next && hall && !left) return location.assign(hall.dataset.page);
  if (next) return go(next.pk);
  if (left) return say("已存本机，都评完了，联网后去签名", time());
  location.assign(form.dataset.sign);
}

async function leave(where) {
  await keep();
  await queue.flush();
  if (queue.offline) return say("回避和弃权要联网办理，请联网后再按");
  location.assign(`${page.form.action}${where}/`);
}

function pressed(event) {
  const what = event.submitter?.value ?? "save";
  if (what === "resume") return;
  event.preventDefault();
  act(what);
}

function act(what) {
  const beside = { prev: page.works[page.place - 1], next: page.works[page.place + 1] }[what];
  if (what === "submit") submit();
  else if (what === "save") keep().then(() => queue.flush());
  else if (what === "recuse" || what === "abstain") leave(what);
  else if (beside) queue.flush() && go(beside.pk);
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey) return;
  const submits = event.key === "Enter" && (event.ctrlKey || event.metaKey);
  if (submits && "editable" in page.form.dataset) {
    event.preventDefault();
    act("submit");
  } else if (!event.ctrlKey && !event.metaKey && !event.target.closest?.(`${TYPING}, video`)) {
    if (event.key === "[") act("prev");
    if (event.key === "]") act("next");
    if (event.key === "ArrowLeft") page.turn(-1);
    if (event.key === "ArrowRight") page.turn(1);
  }
});
addEventListener("popstate", () => {
  const pk = Number(/works\/(\d+)\//.exec(location.pathname)?.[1]);
  if (pk && pk !== page.pk) go(pk, { push: false });
});
addEventListener("online", () => { if (page.form.dataset.shell) go(page.pk, { push: false }); });

page = made(first);
open(page);
