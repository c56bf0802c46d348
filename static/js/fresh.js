// What is still being made for a part of the page ([data-fresh], with an id): the page is asked for again every few
// seconds, until no such part is left. A part that holds the focus waits. data-fresh="2000" asks every two seconds.
const PAUSE = 4000;

function pause() {
  const parts = [...document.querySelectorAll("[data-fresh]")];
  return Math.min(...parts.map((part) => Number(part.dataset.fresh) || PAUSE), PAUSE);
}

async function freshen() {
  const answer = await fetch(location.href, { credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-fresh]")) {
    const fresh = page.getElementById(part.id);
    if (fresh && !part.contains(document.activeElement)) part.replaceWith(document.adoptNode(fresh));
  }
}

async function watch() {
  if (!document.querySelector("[data-fresh]")) return;
  if (!document.hidden) await freshen().catch(() => {}); // the next time will do
  setTimeout(watch, pause());
}

setTimeout(watch, pause());
