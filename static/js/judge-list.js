// On a judge's list and the page of the signature: what an earlier page could not send goes now; what can never go is
// shown with its values, until the judge has read it. Nothing is signed while a sheet still waits here.
import { Banner } from "./judge-banner.js";
import { Queue } from "./judge-queue.js";

const place = document.querySelector("[data-queue]");
const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;
const queue = new Queue(place.dataset.queue, token);
const banner = new Banner(queue, place.dataset.login);
let stored = 0;

function lost(row) {
  const box = document.createElement("section");
  box.className = "alert alert--bad";
  box.setAttribute("role", "status");
  box.innerHTML = `<div class="alert__text"><p class="alert__title"></p><p></p><p class="num"></p><p class="alert__do"><button type="button" class="button button--quiet">知道了，不再保留</button></p></div>`;
  const [title, why, values] = box.querySelectorAll("p");
  title.textContent = `作品 ${row.code}：这份评分没有存入`;
  why.textContent = row.problems.map((one) => one.message).join("；");
  values.textContent = `您填的：${Object.values(row.marks).map((text) => text || "—").join("、")}${row.comment ? `；${row.comment}` : ""}`;
  box.querySelector("button").addEventListener("click", () => queue.choose(row, false));
  return box;
}

queue.addEventListener("changed", ({ detail: rows }) => {
  place.querySelector("[data-lost]").replaceChildren(...rows.filter((row) => row.state === "refused").map(lost));
  const waiting = new Map(rows.map((row) => [String(row.pk), row]));
  document.querySelectorAll("tr[data-pk]").forEach((line) => {
    const row = waiting.get(line.dataset.pk);
    const note = line.querySelector("[data-unsent]");
    if (!note) return;
    note.hidden = !row;
    if (row) note.textContent = row.state === "waiting" ? "待上传" : row.state === "stale" ? "两边不同，请打开" : "没有存入";
  });
  const mine = rows.filter((row) => row.state !== "refused" && document.querySelector(`tr[data-pk="${row.pk}"]`));
  const sign = document.querySelector("[data-sign]");
  if (sign) sign.disabled = mine.length > 0;
});
queue.addEventListener("stored", () => { stored += 1; });

banner.attach(place.querySelector("[data-net]"));
await queue.flush();
if (stored) location.reload(); // the totals on this page are older than what has just been stored
