// Keys for the review queue: A passes, R returns, ← and → turn the page. A key only follows the link that says so
// (data-key), so whatever it leads to is asked again there; while something is typed, keys are text.
const TYPING = "input, textarea, select, [contenteditable]";

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
  if (event.target.closest(TYPING)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const link = [...document.querySelectorAll("a[data-key]")].find((found) => found.dataset.key === key);
  if (!link) return;
  event.preventDefault();
  link.click();
});
