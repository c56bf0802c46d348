// A page about work under way looks again by itself: <p data-reload="3"> seconds. Without it the reader reloads.
const waiting = document.querySelector("[data-reload]");
if (waiting) setTimeout(() => location.reload(), Number(waiting.dataset.reload) * 1000);
