// Pages of works as HTML: fetched, parsed, their pictures warmed; and the rubric alone where there is no network.
const PATIENCE = 8000; // ms

// The page of a work; null where the server answers with another page. Throws without a network.
export async function asked(address) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const answer = await fetch(address, { credentials: "same-origin", signal: stop.signal });
    return answer.ok && !answer.redirected ? await answer.text() : null;
  } finally {
    clearTimeout(timer);
  }
}

export const parsed = (html) => document.importNode(
  new DOMParser().parseFromString(html, "text/html").querySelector("form.sj"), true,
);

// Let the first pictures of a page be there before it is opened.
export function warm(html) {
  const found = new DOMParser().parseFromString(html, "text/html");
  const images = [...found.querySelectorAll("[data-media] img")].slice(0, 3).map((image) => image.getAttribute("src"));
  const posters = [...found.querySelectorAll("[data-media] video[poster]")].map((video) => video.getAttribute("poster"));
  for (const address of [...posters, ...images]) new Image().src = address;
}

// The same rubric, empty, for a work that was not begun: works of a round are scored alike.
export function shell(form, work, address) {
  const copy = form.cloneNode(true);
  Object.assign(copy.dataset, { sheet: work.pk, code: work.code, send: `${address}sheet/`, state: "new", shell: "1" });
  copy.action = address;
  copy.classList.remove("is-live");
  copy.elements.base.value = work.version;
  copy.querySelectorAll(".sj-crit input").forEach((input) => { input.value = input.type === "range" ? 0 : ""; });
  copy.elements.comment.value = "";
  copy.querySelector("h1 [data-code]").textContent = work.code;
  const works = JSON.parse(copy.querySelector("#works").textContent);
  const place = works.findIndex((one) => one.pk === work.pk);
  copy.querySelector("[data-place]").textContent = place + 1;
  copy.querySelectorAll("button[value=prev]").forEach((button) => { button.disabled = place === 0; });
  copy.querySelectorAll("button[value=next]").forEach((button) => { button.disabled = place === works.length - 1; });
  copy.querySelectorAll(".sj-bad, .sj-told").forEach((node) => node.remove());
  copy.querySelector("[data-saved]").textContent = "";
  const media = copy.querySelector("[data-media]");
  media.replaceChildren(document.getElementById("unseen").content.cloneNode(true));
  media.classList.remove("is-live");
  return copy;
}
