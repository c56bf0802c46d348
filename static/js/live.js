// The hall's screens: asks a small state file every second, fetches the page again when something has changed,
// ticks clocks by the server's time, sends a ballot without leaving the page. Without it every page still works:
// reload to see what is new, forms are plain forms.
const root = document.querySelector("[data-live]");
let clocks = performance.now();

function text(seconds) {
  const left = Math.max(Math.ceil(seconds), 0);
  return `${String(Math.floor(left / 60)).padStart(2, "0")}:${String(left % 60).padStart(2, "0")}`;
}

function tick() {
  const passed = (performance.now() - clocks) / 1000;
  let left = null;
  for (const element of document.querySelectorAll("[data-clock]")) {
    left = Number(element.dataset.clock) - passed;
    if (element.textContent !== text(left)) element.textContent = text(left);
  }
  if (left === null) return;
  for (const element of document.querySelectorAll("[data-bar]")) {
    element.setAttribute("width", `${share(left, element.dataset.bar)}%`);
  }
  for (const element of document.querySelectorAll("[data-ring]")) {
    element.setAttribute("stroke-dasharray", `${share(left, element.dataset.ring)} 100`);
  }
}

function share(left, span) {
  return Math.min(Math.max((100 * left) / Math.max(Number(span), 1), 0), 100);
}

function typing() {
  const here = document.activeElement;
  return root.contains(here) && here.matches("input:not([type=checkbox]),textarea,select");
}

function swap(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-live]");
  if (!fresh) {
    location.assign(root.dataset.page);
    return;
  }
  const ticked = [...root.querySelectorAll("input:checked")].map((input) => input.value);
  const pressed = document.activeElement.value;
  root.innerHTML = fresh.innerHTML;
  root.dataset.tag = fresh.dataset.tag;
  for (const input of root.querySelectorAll("input[type=checkbox]")) input.checked = ticked.includes(input.value);
  const again = pressed && [...root.querySelectorAll("button")].find((button) => button.value === pressed);
  if (again) again.focus();
  clocks = performance.now();
  tick();
}

async function refresh() {
  const answer = await fetch(root.dataset.page, { cache: "no-store" });
  if (answer.ok) swap(await answer.text());
}

let etag = "";

async function poll() {
  const answer = await fetch(root.dataset.live, { cache: "no-store", headers: etag ? { "If-None-Match": etag } : {} });
  if (answer.status !== 200) return;
  etag = answer.headers.get("ETag") || "";
  const state = await answer.json();
  for (const element of document.querySelectorAll("[data-ballots]")) element.textContent = state.ballots;
  if (state.tag !== root.dataset.tag && !typing()) {
    await new Promise((done) => setTimeout(done, Math.random() * Number(root.dataset.spread || 0)));
    await refresh();
    if (state.tag !== root.dataset.tag) etag = "";
  }
}

async function watch() {
  try {
    if (!document.hidden) await poll();
  } catch {
    etag = ""; // the network is away: the clock runs on, the next look tells
  }
  setTimeout(watch, Number(root.dataset.every || 1000));
}

function tell(words) {
  const place = root.querySelector("[data-told]");
  if (!place) return;
  place.textContent = words;
  place.hidden = !words;
}

async function cast(form, button) {
  const body = new URLSearchParams(new FormData(form)); // shorter than multipart, for sender and server
  if (button && button.name) body.set(button.name, button.value);
  for (let attempt = 0; attempt < 4; attempt += 1) {
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      const said = await answer.json();
      await refresh();
      tell(said.problems ? said.problems.join("；") : "");
      return;
    } catch {
      tell("网络不通，正在重新发送，请不要关闭页面");
      await new Promise((done) => setTimeout(done, 800 * (attempt + 1)));
    }
  }
  tell("还是没有发出去。请检查网络后再点一次，不会重复计票");
}

if (root) {
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-cast]")) return;
    event.preventDefault();
    const button = event.submitter;
    if (button) button.disabled = true;
    cast(event.target, button).finally(() => {
      if (button && button.isConnected) button.disabled = false;
    });
  });
  setInterval(tick, 200);
  watch();
}

const slip = document.querySelector("[data-from-hash]");
if (slip && location.hash.length > 1) slip.value = decodeURIComponent(location.hash.slice(1));
