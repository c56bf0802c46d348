// A block copied from Excel or WPS, put into the grid from the focused cell on: right and down, adding rows.
const COLUMNS = ["name", "team", "organisation", "phone", "categories"];
const HEADERS = {
  name: /^(姓名|参赛者)/, team: /队伍名称|队名/, organisation: /单位|院系/, phone: /电话|手机|联系方式/, categories: /类别/,
};
const SKIPPED = /^(序号|推荐单位|赛道|邮箱)/;

// → {lines, touched, added, undo}, or null for text that fits into one cell.
export function pasteInto(input, text, { rows, rowOf, addRow }) {
  const block = parse(text);
  const column = COLUMNS.indexOf(input.name?.split(".")[1]);
  if (column < 0 || (block.length < 2 && (block[0] ?? []).length < 2)) return null;
  const { columns, lines } = mapped(block, column);
  const start = rows().indexOf(rowOf(input));
  const before = new Map();
  const added = [];
  lines.forEach((cells, i) => {
    let row = rows()[start + i];
    if (!row) added.push(row = addRow());
    before.set(row, snapshot(row));
    columns.forEach((name, place) => { if (name) write(row, name, cells[place] ?? ""); });
  });
  const undo = () => before.forEach((cells, row) => restore(row, cells));
  return { lines: lines.length, touched: [...before.keys()], added, undo };
}

// Tab-separated text with Excel's quotes: a cell with a line break stands in quotes, its own quotes are doubled.
export function parse(text) {
  const found = [[]];
  const cells = /(?:"((?:[^"]|"")*)"(?=[\t\r\n]|$)|([^\t\r\n]*))(\t|\r\n|\n|\r|$)/g;
  for (const [whole, quoted, plain, end] of text.matchAll(cells)) {
    if (!whole && !end) break;
    found[found.length - 1].push((quoted?.replaceAll('""', '"').replace(/\s+/g, " ") ?? plain).trim());
    if (end && end !== "\t") found.push([]);
  }
  return found.filter((line) => line.some(Boolean));
}

// Which column of the grid each column of the block goes into: by its header if it has one, else from the focus on.
function mapped(block, column) {
  const named = block[0].map((cell) => Object.keys(HEADERS).find((name) => !SKIPPED.test(cell) && HEADERS[name].test(cell)));
  if (named.filter(Boolean).length > 1) return { columns: named, lines: block.slice(1) };
  const numbered = column === 0 && block[0].length > 2 && block.every(([first]) => /^\d{0,3}$/.test(first ?? ""));
  const columns = block[0].map((_, i) => COLUMNS[column + i - (numbered ? 1 : 0)]);
  if (numbered) columns[0] = undefined;
  return { columns, lines: block };
}

function write(row, name, text) {
  if (name !== "categories") {
    const input = row.querySelector(`[name$=".${name}"]`);
    if (input.matches("select")) {
      const fitting = [...input.options].find((option) => option.value === text);
      input.value = fitting ? text : "";
    } else input.value = text;
    return;
  }
  const said = text.normalize("NFKC").toUpperCase();
  const codesOnly = /^[A-Z\s,、;，；/和及|+&.-]*$/.test(said);
  row.querySelectorAll("input[type=checkbox]").forEach((box) => {
    const [code, word] = box.getAttribute("aria-label").split(" ");
    box.checked = codesOnly ? said.includes(code) : said.includes(word) || RegExp(`(^|[^A-Z])${code}([^A-Z]|$)`).test(said);
  });
}

const inputsOf = (row) => [...row.querySelectorAll("input:not([type=hidden]), select")];
const snapshot = (row) => inputsOf(row).map((input) => (input.type === "checkbox" ? input.checked : input.value));

function restore(row, values) {
  inputsOf(row).forEach((input, i) => {
    if (input.type === "checkbox") input.checked = values[i];
    else input.value = values[i];
  });
}
