// The offline queue of a judge's sheets. Every save is written to the device first, with a key of its own, then sent;
// it leaves the device when the server has answered for exactly that key.
//
// A record holds one whole sheet, so a newer save replaces an older one that has not been answered for; the older keys
// go along as `mine`, since the server may have taken one whose answer got lost. Nothing is sent twice at a time, and
// sheets go in the order in which they were begun. States: waiting, stale (the judge chooses), refused (never goes).
import { Store } from "./judge-store.js";

const RETRIES = [2, 4, 8, 15, 30]; // s
const MINE = 50; // keys of unanswered sendings
const PATIENCE = 15000; // ms without an answer count as no network
const ABANDONED = 30000; // ms; where tabs cannot see each other, an older record counts as left behind
const TAB = newKey();

export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Queue extends EventTarget {
  // token: gives the CSRF token of the page as it is now
  constructor(who, token) {
    super();
    this.who = who;
    this.token = token;
    this.store = new Store();
    this.versions = new Map(); // sheet → version that this tab knows of
    this.offline = !navigator.onLine;
    this.signedOut = false;
    this.failures = 0;
    this.timer = 0;
    this.flight = null;
    // Held as long as this tab lives: others leave its records alone, and take them over once it is gone.
    navigator.locks?.request(`judge-tab-${TAB}`, () => new Promise(() => {}));
    addEventListener("online", () => this.retry());
    addEventListener("offline", () => this.#lost());
  }

  // --- Into the device --------------------------------------------------------------------------------------

  // sheet: { pk, code, url, base, marks: {code: text}, comment, submit, hold }; hold: kept, and not sent as it is.
  async keep(sheet) {
    const id = this.#id(sheet.pk);
    await this.store.change(id, (old) => {
      const sent = old?.tries ? [...old.mine, old.key] : old?.mine ?? [];
      return {
        id, who: this.who, pk: sheet.pk, code: sheet.code, url: sheet.url, key: newKey(),
        base: old ? old.base : sheet.base, mine: sent.slice(-MINE), marks: sheet.marks, comment: sheet.comment,
        submit: sheet.submit || (Boolean(old?.submit) && sheet.complete), hold: Boolean(sheet.hold),
        state: "waiting", tries: 0, since: old?.since ?? Date.now(), at: Date.now(), problems: [],
      };
    });
    this.#tell();
  }

  // What waits here for a sheet: this tab's record, else one that a closed tab left, which this tab takes over.
  async waiting(pk) {
    const id = this.#id(pk);
    const own = await this.store.get(id);
    if (own) return own;
    const left = (await this.#own()).filter((row) => row.pk === pk && row.id !== id).pop();
    if (!left) return (await this.store.get(id)) ?? null;
    const taken = await this.store.change(id, (now) => now ?? { ...left, id }); // a save may have come meanwhile
    await this.store.drop(left.id);
    return taken;
  }

  all() {
    return this.store.all(this.who);
  }

  // The judge has seen both and chose: theirs drops what is here; mine goes again on top of what is stored.
  async choose(row, mine) {
    if (mine) await this.store.put({ ...row, state: "waiting", base: row.stored.version, key: newKey(), mine: [], tries: 0 });
    else await this.store.drop(row.id);
    this.versions.set(row.pk, row.stored?.version ?? row.base);
    await this.#tell();
    return this.flush();
  }

  // --- Out to the server ------------------------------------------------------------------------------------

  retry() {
    this.failures = 0;
    this.offline = !navigator.onLine;
    return this.flush();
  }

  // Send whatever waits; one at a time, in all tabs together where the browser can.
  flush() {
    clearTimeout(this.timer);
    const alone = (deed) => (navigator.locks ? navigator.locks.request("judge-queue", deed) : deed());
    this.flight = (this.flight ?? Promise.resolve()).then(() => alone(() => this.#send())).catch(() => this.#lost());
    return this.flight;
  }

  async #send() {
    if (!navigator.onLine) return this.#lost();
    for (const row of await this.#own()) {
      if (row.state !== "waiting" || row.hold) continue;
      await this.store.change(row.id, (now) => now && { ...now, tries: now.tries + (now.key === row.key ? 1 : 0) });
      let answer;
      try {
        answer = await this.#post(row);
      } catch {
        return this.#lost();
      }
      if (answer.status >= 500 || answer.status === 429) return this.#lost();
      if (answer.status === 401 || answer.status === 403) return this.#ended();
      this.#reached();
      await this.#settle(row, answer);
      await this.#tell();
    }
    await this.#tell();
  }

  #post(row) {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", this.token());
    body.append("key", row.key);
    body.append("base", row.base);
    row.mine.forEach((key) => body.append("mine", key));
    body.append("do", row.submit ? "submit" : "save");
    body.append("comment", row.comment);
    for (const [code, text] of Object.entries(row.marks)) body.append(`m_${code}`, text);
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE);
    const asked = { method: "POST", body, credentials: "same-origin", signal: stop.signal, headers: { "X-Sheet": "1" } };
    return fetch(row.url, asked).finally(() => clearTimeout(timer));
  }

  // What came of one sending. A newer save of the same sheet may have replaced it meanwhile; that one stays.
  async #settle(row, answer) {
    const said = answer.headers.get("content-type")?.includes("json") ? await answer.json() : {};
    if (answer.ok) {
      this.versions.set(row.pk, said.version);
      await this.store.change(row.id, (now) => (
        !now || now.key === row.key ? null : { ...now, base: said.version, mine: now.mine.filter((key) => key !== row.key) }
      ));
      this.dispatchEvent(new CustomEvent("stored", { detail: { row, said } }));
      return;
    }
    const gone = answer.status === 404 ? [{ code: "gone", message: "这件作品已不在您名下，分数没有存入" }] : [];
    const problems = said.problems ?? (gone.length ? gone : [{ code: "odd", message: `服务器没有收下（${answer.status}）` }]);
    const state = answer.status === 409 && said.stored ? "stale" : "refused";
    await this.store.change(row.id, (now) => (
      now && (now.key === row.key || said.final) ? { ...now, state, problems, stored: said.stored } : now
    ));
    this.dispatchEvent(new CustomEvent("refused", { detail: { row: { ...row, state, problems, stored: said.stored } } }));
  }

  #reached() {
    this.offline = this.signedOut = false;
    this.failures = 0;
  }

  #lost() {
    this.offline = true;
    clearTimeout(this.timer);
    const wait = RETRIES[Math.min(this.failures++, RETRIES.length - 1)];
    if (navigator.onLine) this.timer = setTimeout(() => this.flush(), wait * 1000);
    return this.#tell();
  }

  #ended() {
    this.signedOut = true;
    return this.#tell();
  }

  async #tell() {
    const rows = await this.all();
    this.dispatchEvent(new CustomEvent("changed", { detail: rows }));
  }

  // This tab's records, and those of tabs that are gone.
  async #own() {
    const rows = await this.all();
    if (!navigator.locks) return rows.filter((row) => row.id.endsWith(TAB) || Date.now() - row.at > ABANDONED);
    const { held } = await navigator.locks.query();
    const alive = new Set(held.map((lock) => lock.name));
    return rows.filter((row) => row.id.endsWith(TAB) || !alive.has(`judge-tab-${row.id.split(":")[2]}`));
  }

  #id(pk) {
    return `${this.who}:${pk}:${TAB}`;
  }
}
