// The grid of the 推荐表: saves while one types, keeps what could not be saved, pastes blocks, shows a whole phone.
// Without this script the page is a plain form; nothing here is needed for filling it in.
import { Keeper } from "./sheet-keep.js";
import { pasteInto } from "./sheet-paste.js";
import { adopt, rename } from "./sheet-adopt.js";

const AFTER_TYPING = 1500; // ms without a key
const AFTER_LEAVING = 200; // ms after the cell was left
const RETRIES = [2, 4, 8, 15, 30]; // s

const form = document.getElementById("sheet");
const table = form.querySelector("table");
const status = document.getElementById("saved");
const keeper = new Keeper(`sheet:${form.dataset.who}`);
const saved = new Map(); // row → what the server has of it
const held = new Set(); // rows the server would not save: not sent again until somebody has looked at them
let timer = 0;
let flight = Promise.resolve(); // one answer at a time
let failures = 0;
let signedOut = false;

const rowOf = (node) => node.closest("tbody[data-row]");
const rows = () => [...table.querySelectorAll("tbody[data-row]")].filter(fieldsOf);
const byToken = (token) => table.querySelector(`tbody[data-row="${token}"]`);

function fieldsOf(row) {
  return row.querySelector("input[name=row]");
}

// [name, value] of each input, as a form would send them, but for the mark that tells whether the row was touched.
function typed(row) {
  const inputs = row.querySelectorAll("input:not([type=hidden]), select");
  return [...inputs].filter((input) => input.type !== "checkbox" || input.checked).map((i) => [i.name, i.value]);
}

const content = (row) => JSON.stringify(typed(row).map(([name, value]) => [name.split(".")[1], value]));
const isDirty = (row) => saved.has(row) && content(row) !== saved.get(row);
const dirty = () => rows().filter((row) => isDirty(row) && !held.has(row));
const addressOf = (token, what) => form.dataset.row.replace("/0/", `/${token}/${what}/`);

function post(address, body = new FormData()) {
  body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  return fetch(address, { method: "POST", body, headers: { "X-Sheet": "1" }, credentials: "same-origin" });
}

function say(words, tone = "") {
  status.textContent = words;
  status.classList.toggle("is-bad", tone === "bad");
}

function note(row) {
  if (isDirty(row)) keeper.put(row.dataset.row, typed(row));
  else keeper.drop(row.dataset.row);
}

function soon(delay) {
  clearTimeout(timer);
  timer = setTimeout(save, delay);
}

function save() {
  clearTimeout(timer);
  flight = flight.then(send);
  return flight;
}

async function send() {
  const waiting = dirty();
  if (signedOut || !waiting.length) return;
  say("正在保存…");
  const body = new FormData();
  for (const row of waiting) {
    body.append("row", row.dataset.row);
    body.append(`${row.dataset.row}.was`, row.querySelector("input[name$='.was']").value);
    typed(row).forEach(([name, value]) => body.append(name, value));
  }
  const sent = new Map(waiting.map((row) => [row, content(row)]));
  try {
    const answer = await post(location.pathname, body);
    if (answer.status === 401 || answer.status === 403) return endSession();
    if (!answer.ok) throw new Error(answer.status);
    take(await answer.json(), sent);
    failures = 0;
    if (dirty().length) soon(AFTER_TYPING);
  } catch {
    const wait = RETRIES[Math.min(failures++, RETRIES.length - 1)];
    say(`没有连上服务器，填的内容已存在这台电脑上，${wait} 秒后再试`, "bad");
    soon(wait * 1000);
  }
}

function take(answer, sent) {
  for (const [token, pk] of Object.entries(answer.rows)) {
    const row = byToken(token);
    if (!row) continue;
    keeper.drop(token);
    rename(row, token, String(pk));
    saved.set(row, sent.get(row));
  }
  const settled = new Set(rows().filter((row) => !isDirty(row)));
  adopt(answer.parts, (row) => settled.has(row));
  settled.forEach((row) => saved.set(row, content(row)));
  answer.refused.forEach((token) => held.add(byToken(token)));
  if (answer.problems.length) say(answer.problems.join("；"), "bad");
  else if (answer.refused.length) say("有一行没有存下，请看行下的说明", "bad");
  else say(`已自动保存 ${answer.saved_at}`);
}

function endSession() {
  signedOut = true;
  dirty().forEach(note);
  say("登录已过期，填的内容已存在这台电脑上。", "bad");
  const link = document.createElement("a");
  link.href = `${form.dataset.login}?next=${encodeURIComponent(location.pathname)}`;
  link.textContent = "重新登录后接着填";
  status.append(link);
}

// --- Rows added here --------------------------------------------------------------------------------------

function newToken() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `n${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

function addRow() {
  const row = document.getElementById("row-pattern").content.querySelector("tbody").cloneNode(true);
  rename(row, "n0", newToken());
  document.getElementById("new").before(row);
  saved.set(row, content(row));
  return row;
}

// A row that a paste added and that is not wanted after all.
function discard(row) {
  keeper.drop(row.dataset.row);
  if (!row.dataset.row.startsWith("n")) post(addressOf(row.dataset.row, "delete"));
  row.remove();
}

// --- What was left over from last time --------------------------------------------------------------------

function offerKept() {
  const left = keeper.all().filter(([token, cells]) => {
    const row = byToken(token);
    return !row || !fieldsOf(row) || JSON.stringify(typed(row)) !== JSON.stringify(cells);
  });
  keeper.all().filter((entry) => !left.includes(entry)).forEach(([token]) => keeper.drop(token));
  if (!left.length) return;
  const box = document.getElementById("kept-here");
  box.innerHTML = `<section class="alert alert--wait" role="status"><div class="alert__text"><p class="alert__title"></p>
<p>那时没能存到系统里，只在这台电脑上。</p><p class="alert__do"><button type="button" class="button">恢复并保存</button>
<button type="button" class="button button--quiet">丢弃</button></p></div></section>`;
  box.querySelector(".alert__title").textContent = `上次有 ${left.length} 行没有存下`;
  const [restore, discard] = box.querySelectorAll("button");
  restore.addEventListener("click", () => {
    left.forEach(([token, cells]) => fill(token, cells));
    box.hidden = true;
    save();
  });
  discard.addEventListener("click", () => {
    left.forEach(([token]) => keeper.drop(token));
    box.hidden = true;
  });
  box.hidden = false;
}

// The cells of a kept row, put back; a row that is gone or can no longer be changed comes back as a new one.
function fill(token, cells) {
  let row = byToken(token);
  if (!row || !fieldsOf(row)) {
    keeper.drop(token);
    row = addRow();
  }
  const chosen = cells.filter(([name]) => name.endsWith(".categories")).map(([, value]) => value);
  row.querySelectorAll("input[type=checkbox]").forEach((box) => { box.checked = chosen.includes(box.value); });
  for (const [name, value] of cells) {
    const input = row.querySelector(`[name$=".${name.split(".")[1]}"]:not([type=checkbox])`);
    if (input) input.value = value;
  }
  note(row);
}

// --- Phones: masked until one goes in; that somebody looked is recorded -----------------------------------

async function reveal(input) {
  const masked = input.value;
  try {
    const answer = await post(addressOf(rowOf(input).dataset.row, "phone"));
    const whole = answer.ok && (await answer.json()).phone;
    if (!whole || input.value !== masked) return;
    const clean = !isDirty(rowOf(input)); // another cell may be waiting to be saved
    input.value = whole;
    input.dataset.whole = whole;
    input.dataset.masked = masked;
    if (clean) saved.set(rowOf(input), content(rowOf(input)));
    if (document.activeElement === input) input.select();
  } catch { /* offline: it stays masked, and can be typed over */ }
}

function hide(input) {
  if (input.value !== input.dataset.whole) return;
  const clean = !isDirty(rowOf(input));
  input.value = input.dataset.masked;
  delete input.dataset.whole;
  if (clean) saved.set(rowOf(input), content(rowOf(input)));
}

// --- Wiring ------------------------------------------------------------------------------------------------

rows().forEach((row) => saved.set(row, content(row)));
document.body.classList.add("has-sheet");
form.querySelector("[data-plain]").hidden = true;
offerKept();

form.addEventListener("input", (event) => {
  const row = rowOf(event.target);
  if (!row) return;
  held.delete(row);
  note(row);
  soon(AFTER_TYPING);
});
form.addEventListener("change", () => soon(AFTER_LEAVING));
form.addEventListener("focusin", ({ target }) => {
  if (target.type === "tel" && target.value.includes("****")) reveal(target);
});
form.addEventListener("focusout", ({ target }) => {
  if (target.type === "tel" && target.dataset.whole) hide(target);
});
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches("input:not([type=checkbox])")) return;
  event.preventDefault(); // the same column of the next row, as in a spreadsheet
  const column = event.target.name.split(".")[1];
  const next = rows()[rows().indexOf(rowOf(event.target)) + 1] ?? addRow();
  next.querySelector(`[name$=".${column}"]`).focus();
});
form.addEventListener("click", (event) => {
  if (!event.target.closest("[data-add]")) return;
  event.preventDefault();
  addRow().querySelector("input[name$='.name']").focus();
});
form.addEventListener("paste", (event) => {
  const text = event.clipboardData.getData("text/plain");
  const done = pasteInto(event.target, text, { rows, rowOf, addRow });
  if (!done) return;
  event.preventDefault();
  done.touched.forEach(note);
  say(`已粘贴 ${done.lines} 行${done.added.length ? `，新增 ${done.added.length} 行` : ""}。`);
  const undo = document.createElement("button");
  undo.type = "button";
  undo.className = "link-button";
  undo.textContent = "撤销粘贴";
  undo.addEventListener("click", () => {
    done.undo();
    done.touched.forEach(note);
    done.added.forEach(discard);
    say("已撤销粘贴");
    soon(AFTER_LEAVING);
  });
  status.append(undo);
  clearTimeout(timer);
  timer = setTimeout(save, 8000); // long enough to think better of it
});
function closeMenus(but) {
  form.querySelectorAll("details[open]").forEach((menu) => { if (!menu.contains(but)) menu.open = false; });
}
document.addEventListener("click", ({ target }) => closeMenus(target));
form.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest("details[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
// A button does its work on what is saved. If saving changes what it would do, the clerk looks again first.
form.addEventListener("submit", async (event) => {
  if (!dirty().length) return;
  event.preventDefault();
  const { value, textContent } = event.submitter;
  await save();
  if (dirty().length) return;
  const same = document.querySelector(`button[name=do][value="${value}"]`);
  if (same?.textContent !== textContent) say("刚存下的内容改变了可以提交的行，请看过再按", "bad");
  else same.click();
});
addEventListener("online", save);
addEventListener("pagehide", () => dirty().forEach(note));
addEventListener("beforeunload", (event) => { if (dirty().length && failures) event.preventDefault(); });
