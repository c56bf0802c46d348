// What unfold's scripts say in English, in Chinese. Loaded in the head: its listener comes before theirs.
document.addEventListener("DOMContentLoaded", () => {
  if (window.SimpleBar) window.SimpleBar.defaultOptions.ariaLabel = "可以滚动的内容";
});
