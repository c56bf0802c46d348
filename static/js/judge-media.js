// The viewer beside the rubric: tabs by material, pictures large on a tap.
export function view(media) {
  const links = [...media.querySelectorAll(".sj-tabs a")];
  const panes = [...media.querySelectorAll(".sj-show")];

  function show(index, focus = false) {
    panes.forEach((pane, i) => {
      pane.classList.toggle("is-on", i === index);
      if (i !== index) pane.querySelectorAll("video").forEach((video) => video.pause());
    });
    links.forEach((link, i) => {
      if (i === index) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
    if (focus) links[index].focus();
  }

  media.classList.add("is-live");
  show(0);
  media.addEventListener("click", (event) => {
    const link = event.target.closest(".sj-tabs a");
    const picture = event.target.closest("[data-zoom]");
    if (link) {
      event.preventDefault();
      show(links.indexOf(link));
    } else if (picture) large(picture);
  });
  // by: −1 or 1
  return (by) => {
    if (links.length < 2) return;
    const now = links.findIndex((link) => link.hasAttribute("aria-current"));
    show((now + by + links.length) % links.length, links.includes(document.activeElement));
  };
}

// Over the page until a tap or Esc.
function large(picture) {
  const box = document.createElement("div");
  box.className = "sj-large";
  box.setAttribute("role", "dialog");
  box.setAttribute("aria-modal", "true");
  box.setAttribute("aria-label", picture.querySelector("img").alt);
  const close = document.createElement("button");
  close.className = "s-btn";
  close.type = "button";
  close.textContent = "关闭";
  box.append(picture.querySelector("img").cloneNode(), close);
  const end = () => {
    box.remove();
    picture.focus();
  };
  box.addEventListener("click", end);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") end();
    if (event.key === "Tab") event.preventDefault();
    event.stopPropagation();
  });
  document.body.append(box);
  close.focus();
}
