// What was typed and is not saved yet, on this computer: it outlives a dead network, an ended session, a closed tab.
// Only unsaved rows are kept, a week at most, and only for the same person and sheet.
const WEEK = 7 * 86400 * 1000;

export class Keeper {
  constructor(name) {
    this.name = name;
    this.rows = this.#read();
  }

  put(token, cells) {
    this.rows[token] = { at: Date.now(), cells };
    this.#write();
  }

  drop(token) {
    if (!(token in this.rows)) return;
    delete this.rows[token];
    this.#write();
  }

  // [token, cells] of each row
  all() {
    return Object.entries(this.rows).map(([token, row]) => [token, row.cells]);
  }

  #read() {
    try {
      const found = JSON.parse(localStorage.getItem(this.name) ?? "{}");
      return Object.fromEntries(Object.entries(found).filter(([, row]) => Date.now() - row.at < WEEK));
    } catch {
      return {};
    }
  }

  #write() {
    try {
      if (Object.keys(this.rows).length) localStorage.setItem(this.name, JSON.stringify(this.rows));
      else localStorage.removeItem(this.name);
    } catch { /* storage is full or forbidden: saving goes on without */ }
  }
}
