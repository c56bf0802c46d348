// What a person sees of one file on its way: its name, how far it is, what happens next, two buttons.
// templates/cotton/upload.html holds the row, both the server's and the one that is copied here.
const MB = 1_000_000; // as core/files/services.py counts

export function megabytes(bytes) {
  return bytes >= MB ? `${Math.round((bytes / MB) * 10) / 10} MB` : `${Math.max(1, Math.round(bytes / 1000))} KB`;
}

export class Row {
  constructor(form, element) {
    this.form = form;
    this.element = element ?? form.querySelector("template").content.cloneNode(true).firstElementChild;
    this.pause = this.find("pause");
    this.cancel = this.find("cancel");
  }

  find(name) {
    return this.element.querySelector(`[data-${name}]`);
  }

  named(name) {
    this.find("title").textContent = name;
    this.find("meter").setAttribute("aria-label", name);
    this.cancel.setAttribute("aria-label", `取消 ${name}`);
    this.pause.setAttribute("aria-label", `暂停或继续 ${name}`);
  }

  // state: a few words at the right; note: a sentence below
  tell(state, note = "") {
    this.find("state").textContent = state;
    this.find("note").textContent = note;
    this.find("note").hidden = !note;
  }

  // The same, also for those who do not see it.
  say(state, note = "") {
    this.tell(state, note);
    this.form.querySelector("[data-say]").textContent = `${this.find("title").textContent}：${state}。${note}`;
  }

  filled(percent) {
    this.find("meter").setAttribute("aria-valuenow", percent);
    this.find("fill").setAttribute("width", percent);
  }

  // pause: the button's word, or "" for none
  buttons(pause, cancel) {
    this.pause.hidden = !pause;
    this.pause.textContent = pause;
    this.cancel.hidden = !cancel;
  }

  tone(name) {
    this.element.classList.remove("is-bad", "is-ok", "is-wait");
    if (name) this.element.classList.add(`is-${name}`);
  }
}
