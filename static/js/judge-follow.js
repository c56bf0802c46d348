// A judge who scores at the live final: says within two seconds that another team has come on the stage, with the way
// to its sheet. Asks the hall's small state file; what is typed is on the device already (judge-queue.js).
const EVERY = 600; // ms
const aside = document.querySelector("[data-follow]");
let etag = "";
let stage = null; // what the judge's live page says: {sheet, words}

const shown = () => document.querySelector("form.sj")?.dataset.sheet;

async function look() {
  const answer = await fetch(aside.dataset.follow, { cache: "no-store", headers: etag ? { "If-None-Match": etag } : {} });
  if (answer.status !== 200) return;
  const { tag } = await answer.json();
  if (tag !== aside.dataset.tag || stage === null) {
    const page = await fetch(aside.dataset.page, { cache: "no-store" });
    if (!page.ok || page.redirected) return;
    const now = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("[data-stage]");
    if (!now) return;
    stage = { ...now.dataset };
    aside.dataset.tag = tag;
    tell();
  }
  etag = answer.headers.get("ETag") || "";
}

function tell() {
  aside.toggleAttribute("data-on", Boolean(stage?.stage)); // judge.js: to the stage after handing in, not down the list
  const words = stage && stage.stage && stage.sheet !== shown() ? stage.stage : "";
  if ((aside.dataset.told ?? null) === words + (stage?.sheet ?? "")) return;
  aside.dataset.told = words + (stage?.sheet ?? "");
  aside.replaceChildren();
  if (!words) return;
  const told = document.createElement("p");
  told.textContent = stage.sheet ? `台上是${words}，不是这一件。` : `台上是${words}，不在您名下，请等下一队。`;
  aside.append(told);
  if (!stage.sheet) return;
  const link = document.createElement("a");
  link.className = "s-btn";
  link.href = `/judge/works/${stage.sheet}/`;
  link.textContent = "去评台上的队";
  aside.append(link);
}

async function watch() {
  for (;;) {
    if (document.visibilityState === "visible") await look().catch(() => {}); // without a network: later
    await new Promise((done) => setTimeout(done, EVERY));
  }
}

if (aside) {
  new MutationObserver(() => stage && tell()).observe(document.body, { childList: true }); // another work was opened
  watch();
}
