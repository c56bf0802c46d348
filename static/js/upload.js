// Every form[data-upload] takes files of any size: chosen files start at once, two at a time, each with its own row.
// What an earlier visit left unfinished stands in the list; choosing the same file again goes on with it.
// Dispatches `uploaded` on the form for each file that has arrived; goes to data-then when the last one has.
import { Row } from "./upload-row.js";
import { Transfer } from "./upload-transfer.js";

const AT_ONCE = 2;

function enhance(form) {
  const list = form.querySelector("[data-list]");
  const input = form.querySelector("input[type=file]");
  const queue = [];
  const running = new Set();
  let arrived = 0;

  const rows = () => [...list.querySelectorAll("[data-id]")];
  const addressOf = (row) => `${form.dataset.each}${row.dataset.id}/`;

  // The address of what the server keeps of this very file; its row makes place for the new one.
  function waiting({ sha256, old }) {
    const known = [old, ...rows()].find((row) => row?.dataset.sha256 === sha256);
    known?.remove();
    return known ? addressOf(known) : "";
  }

  function next() {
    while (queue.length && running.size < AT_ONCE) {
      const transfer = queue.shift();
      if (transfer.stopped) continue;
      running.add(transfer);
      transfer.run();
    }
    if (arrived && !running.size && form.dataset.then) location.assign(form.dataset.then);
  }

  function done(transfer, how) {
    running.delete(transfer);
    if (how === "finished") {
      arrived += 1;
      const { name, size } = transfer.file;
      form.dispatchEvent(new CustomEvent("uploaded", { bubbles: true, detail: { name, size } }));
    }
    next();
  }

  function take(files) {
    for (const file of files) {
      const row = new Row(form);
      const transfer = new Transfer(form, file, row, { waiting, done });
      transfer.old = rows().find((one) => one.dataset.name === file.name && Number(one.dataset.size) === file.size);
      if (transfer.old) transfer.old.replaceWith(row.element);
      else list.append(row.element);
      queue.push(transfer);
      row.tell("排队中");
      row.buttons("", true);
    }
    list.hidden = false;
    next();
  }

  for (const element of list.querySelectorAll("[data-id]")) {
    const row = new Row(form, element);
    row.buttons("", true);
    row.cancel.addEventListener("click", async () => {
      const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value, "Tus-Resumable": "1.0.0" };
      const answer = await fetch(addressOf(element), { method: "DELETE", headers }).catch(() => null);
      if (answer?.ok || answer?.status === 410) element.remove();
      else row.say("没有取消成", "连不上服务器，请稍后再试。");
    });
  }

  form.classList.add("is-live");
  input.addEventListener("change", () => {
    const files = [...input.files];
    input.value = ""; // the same file may be chosen again
    take(files);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("online", () => running.forEach((transfer) => transfer.restart()));
}

if (window.tus?.isSupported) document.querySelectorAll("form[data-upload]").forEach(enhance);
