// Ticks every [data-countdown] by the server's clock: the page carries the seconds left when it was made,
// so a wrong clock on the reader's computer does no harm. `aisc_portal/counting.py` writes the same words.
const opened = Date.now();

function parts(seconds) {
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor(seconds / 3600) % 24;
  const minutes = Math.floor(seconds / 60) % 60;
  return days
    ? [[days, "天"], [hours, "小时"], [minutes, "分"]]
    : [[hours, "小时"], [minutes, "分"], [seconds % 60, "秒"]];
}

function show(element) {
  const left = Math.max(Number(element.dataset.left) - Math.floor((Date.now() - opened) / 1000), 0);
  const label = element.querySelector(".count__label");
  if (!left) {
    label.textContent = `${element.dataset.passed}，请刷新页面`;
    element.querySelectorAll("b, i").forEach((node) => node.remove());
    element.setAttribute("aria-label", `${element.dataset.name}：${label.textContent}`);
    return false;
  }
  const numbers = element.querySelectorAll("b");
  const units = element.querySelectorAll("i");
  const words = parts(left);
  words.forEach(([number, unit], i) => {
    numbers[i].textContent = i ? String(number).padStart(2, "0") : number;
    units[i].textContent = unit;
  });
  if (left % 60 === 0) {
    const said = words.map(([number, unit]) => `${number} ${unit}`).join(" ");
    element.setAttribute("aria-label", `距${element.dataset.name}还有 ${said}`);
  }
  return true;
}

let running = [...document.querySelectorAll("[data-countdown]")].filter((element) => element.dataset.left !== "0");

function tick() {
  running = running.filter(show);
  if (running.length) setTimeout(tick, 1000 - (Date.now() - opened) % 1000);
}

tick();
