// The rubric under a judge's hands: number fields, steppers, sliders, quick scores, phrases. One criterion is at hand
// at a time; whatever changes its points goes through the number field, which is what is sent.
import { hundredths, total } from "./judge-total.js";

export class Rubric {
  constructor(form) {
    this.form = form;
    this.max = Number(form.dataset.max);
    this.rows = [...form.querySelectorAll(".sj-crit")];
    this.now = this.rows.find((row) => !this.input(row).value) ?? this.rows[0];
    if ("editable" in form.dataset) this.#wire();
    this.refresh();
    form.classList.add("is-live");
  }

  input(row) { return row.querySelector(".sj-step input"); }

  // {code: text}, as typed
  get marks() {
    return Object.fromEntries(this.rows.map((row) => [this.input(row).name.slice(2), this.input(row).value.trim()]));
  }

  get complete() { return this.rows.every((row) => this.#fault(row) === "" && this.input(row).value.trim()); }

  get faults() { return this.rows.filter((row) => this.#fault(row)); }

  // Put points and words there, as from the device.
  fill(marks, comment) {
    for (const row of this.rows) this.input(row).value = marks[this.input(row).name.slice(2)] ?? "";
    this.form.elements.comment.value = comment;
    this.refresh();
  }

  refresh() {
    this.rows.forEach((row) => this.#show(row));
    const good = (row) => (this.#fault(row) ? "" : this.input(row).value.trim()); // what is out of range counts as not given
    const given = this.rows.filter(good).length;
    const { shown } = total(this.rows.map((row) => [good(row), row.dataset.share]));
    this.form.querySelectorAll("[data-total]").forEach((node) => { node.textContent = shown; });
    this.form.querySelector("[data-given]").textContent = `已评 ${given} / ${this.rows.length} 项`;
    this.form.querySelector("[data-given-short]").textContent = `${given}/${this.rows.length}`;
    this.#spot(Number(shown), given);
    this.#at(this.now);
  }

  focusFirstFault() {
    const row = this.rows.find((one) => this.#fault(one) || !this.input(one).value.trim());
    if (!row) return;
    this.#mark(row, this.#fault(row) || "还没有评分");
    this.input(row).focus();
  }

  // --- Showing ----------------------------------------------------------------------------------------------

  #fault(row) {
    const text = this.input(row).value.trim();
    if (!text) return "";
    const points = hundredths(text);
    if (points === undefined) return "最多两位小数";
    return points === null || points > BigInt(this.max) * 100n ? `请填 0 到 ${this.max}` : "";
  }

  #show(row) {
    const text = this.input(row).value.trim();
    const fault = this.#fault(row);
    const points = text && !fault ? Number(hundredths(text)) / 100 : 0;
    row.classList.toggle("is-open", !text);
    const slider = row.querySelector("[type=range]");
    slider.value = points;
    if (text) slider.setAttribute("aria-valuetext", `${points} 分`);
    else slider.setAttribute("aria-valuetext", "未评");
    row.querySelector("progress").value = points;
    this.#mark(row, fault, text ? "" : "未评");
  }

  #mark(row, fault, else_ = "") {
    row.classList.toggle("is-bad", Boolean(fault));
    this.input(row).toggleAttribute("aria-invalid", false);
    if (fault) this.input(row).setAttribute("aria-invalid", "true");
    const said = row.querySelector("label span");
    said.textContent = fault || else_;
    said.hidden = !said.textContent;
  }

  #spot(points, given) {
    const own = this.form.querySelector(".sj-own");
    const spot = own.querySelector(".c");
    const [low, high] = [Number(own.dataset.low), Number(own.dataset.high)];
    spot.setAttribute("cx", `${Math.max(0, Math.min(100, ((points - low) * 100) / (high - low)))}%`);
    spot.toggleAttribute("hidden", !given);
  }

  #at(row) {
    this.now = row;
    if (!("editable" in this.form.dataset)) return;
    this.rows.forEach((one) => one.classList.toggle("is-now", one === row));
    const name = row.querySelector("label").firstChild.textContent.trim();
    const fast = this.form.querySelector("[data-fast]");
    fast.querySelector("span").textContent = name;
    fast.setAttribute("aria-label", `快捷分，用于${name}`);
    const value = this.input(row).value.trim();
    fast.querySelectorAll("button").forEach((button) => button.setAttribute("aria-pressed", String(button.value === value)));
  }

  // --- Hands ------------------------------------------------------------------------------------------------

  #give(row, text) {
    this.input(row).value = text;
    this.now = row;
    this.input(row).dispatchEvent(new Event("input", { bubbles: true }));
  }

  #step(row, by) {
    const now = hundredths(this.input(row).value);
    const from = now === null || now === undefined ? (by > 0 ? -1 : this.max + 1) : Number(now) / 100;
    const to = Math.max(0, Math.min(this.max, Math.round((from + by) * 100) / 100));
    this.#give(row, String(to));
  }

  #wire() {
    const rowOf = (node) => node.closest?.(".sj-crit");
    this.form.addEventListener("focusin", ({ target }) => { if (rowOf(target)) this.#at(rowOf(target)); });
    this.form.addEventListener("input", ({ target }) => {
      if (target.type === "range") return this.#give(rowOf(target), target.value);
      if (rowOf(target)) this.refresh();
    });
    this.form.addEventListener("click", ({ target }) => {
      const step = target.closest("[data-step]");
      if (step) this.#step(rowOf(step), Number(step.dataset.step));
      const quick = target.closest("[data-fast] button");
      if (quick) this.#quick(quick.value);
      const phrase = target.closest(".sj-quick button");
      if (phrase) this.#say(phrase.textContent.trim());
    });
    this.form.addEventListener("keydown", (event) => {
      const row = rowOf(event.target);
      if (!row || event.target.type !== "text" || event.isComposing) return;
      if (event.key === "ArrowUp" || event.key === "ArrowDown") this.#step(row, event.key === "ArrowUp" ? 1 : -1);
      else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) this.#next(row);
      else return;
      event.preventDefault();
    });
  }

  // One tap: the points go to the criterion at hand, and the next one without points is at hand.
  #quick(points) {
    const row = this.now;
    this.#give(row, points);
    const open = this.rows.slice(this.rows.indexOf(row) + 1).find((one) => !this.input(one).value.trim());
    if (open) this.#at(open);
  }

  #next(row) {
    const next = this.rows[this.rows.indexOf(row) + 1];
    const target = next ? this.input(next) : this.form.elements.comment;
    target.focus();
    target.select?.();
  }

  #say(phrase) {
    const field = this.form.elements.comment;
    const joint = !field.value || /[，。；！？\n]$/.test(field.value) ? "" : "；";
    if (field.value.includes(phrase) || field.value.length + joint.length + phrase.length > field.maxLength) return;
    field.value += joint + phrase;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
