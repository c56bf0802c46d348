// Taking over parts of the page that the server made anew, without disturbing whoever is typing.

const ATTRIBUTES = ["id", "name", "for", "value", "data-row", "aria-describedby"];

// A row gets another token: its inputs are called by it.
export function rename(row, from, to) {
  for (const node of [row, ...row.querySelectorAll("*")]) {
    for (const name of ATTRIBUTES) {
      const value = node.getAttribute(name);
      if (!value?.includes(from)) continue;
      if (name === "value" && node.name !== "row") continue;
      node.setAttribute(name, value.replaceAll(from, to));
    }
  }
}

// parts: id → HTML. isSettled(row): its inputs hold what the server has; only then may they be replaced.
export function adopt(parts, isSettled) {
  for (const [id, html] of Object.entries(parts)) {
    const old = document.getElementById(id);
    if (!old) continue;
    if (old.matches("tbody")) adoptRow(old, fresh(`<table>${html}</table>`, "tbody"), isSettled(old));
    else replace(old, fresh(html, `#${id}`));
  }
}

// The focus stays on the button or link of the same meaning.
function replace(old, made) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  old.replaceWith(made);
  if (!focused) return;
  const same = [...made.querySelectorAll("a, button")].find((n) => n.value === focused.value && n.hash === focused.hash);
  same?.focus({ preventScroll: true });
}

function fresh(html, selector) {
  return new DOMParser().parseFromString(html, "text/html").querySelector(selector);
}

function adoptRow(old, made, settled) {
  const [row, madeRow] = [old.rows[0], made.rows[0]];
  row.className = madeRow.className;
  [...row.cells].forEach((cell, i) => adoptCell(cell, madeRow.cells[i], settled));
  [...old.rows].slice(1).forEach((note) => note.remove());
  [...made.rows].slice(1).forEach((note) => old.append(note));
}

function adoptCell(cell, made, settled) {
  const holdsFocus = cell.contains(document.activeElement);
  const hasInputs = cell.querySelector("input:not([type=hidden]), select");
  if (!holdsFocus && (settled || !hasInputs)) {
    cell.replaceChildren(...made.childNodes);
    return;
  }
  // Somebody is in it: only say whether it is right.
  for (const name of ["aria-invalid", "aria-describedby"]) {
    const [input, madeInput] = [cell, made].map((side) => side.querySelector("input:not([type=hidden])"));
    const value = madeInput?.getAttribute(name);
    if (value == null) input?.removeAttribute(name);
    else input?.setAttribute(name, value);
  }
}
