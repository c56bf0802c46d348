// Where unsent sheets wait on this device: IndexedDB, one record a sheet and tab. Where a browser refuses it (private
// windows), they wait in the page alone, and `lasting` says so.
const NAME = "judge";
const TABLE = "sheets";

export class Store {
  constructor() {
    this.lasting = true;
    this.memory = new Map();
    this.opened = this.#open();
  }

  async all(who) {
    const db = await this.opened;
    const rows = db ? await this.#do("readonly", (table) => table.getAll()) : [...this.memory.values()];
    return rows.filter((row) => row.who === who).sort((one, other) => one.since - other.since);
  }

  async get(id) {
    return (await this.opened) ? this.#do("readonly", (table) => table.get(id)) : this.memory.get(id);
  }

  async put(row) {
    if (await this.opened) return this.#do("readwrite", (table) => table.put(row));
    this.memory.set(row.id, row);
  }

  async drop(id) {
    if (await this.opened) return this.#do("readwrite", (table) => table.delete(id));
    this.memory.delete(id);
  }

  // Read, change, write as one: between tabs nothing comes in between. change: row or undefined → row, or null to drop.
  async change(id, change) {
    if (!(await this.opened)) {
      const changed = change(this.memory.get(id));
      if (changed) this.memory.set(id, changed);
      else this.memory.delete(id);
      return changed;
    }
    const db = await this.opened;
    return new Promise((resolve, reject) => {
      const deed = db.transaction(TABLE, "readwrite");
      const table = deed.objectStore(TABLE);
      let changed;
      table.get(id).onsuccess = ({ target }) => {
        changed = change(target.result);
        if (changed) table.put(changed);
        else table.delete(id);
      };
      deed.oncomplete = () => resolve(changed);
      deed.onerror = deed.onabort = () => reject(deed.error);
    });
  }

  async #do(mode, ask) {
    const db = await this.opened;
    return new Promise((resolve, reject) => {
      const deed = db.transaction(TABLE, mode);
      const asked = ask(deed.objectStore(TABLE));
      deed.oncomplete = () => resolve(asked.result);
      deed.onerror = deed.onabort = () => reject(deed.error);
    });
  }

  #open() {
    return new Promise((resolve) => {
      const none = () => {
        this.lasting = false;
        resolve(null);
      };
      try {
        const asked = indexedDB.open(NAME, 1);
        asked.onupgradeneeded = () => asked.result.createObjectStore(TABLE, { keyPath: "id" });
        asked.onsuccess = () => resolve(asked.result);
        asked.onerror = asked.onblocked = none;
      } catch {
        none();
      }
    });
  }
}
