// The code screen of a session: counts down by itself and asks for the next code when this one runs out. Without it
// the page loads itself again.
const screen = document.querySelector("[data-codes]");
const bar = screen.querySelector("[data-bar]");
let left = Number(screen.dataset.left);
let asked = false;

async function renew() {
  asked = true;
  try {
    const answer = await fetch(screen.dataset.codes, { cache: "no-store" });
    if (!answer.ok) throw new Error(answer.status);
    const state = await answer.json();
    screen.querySelector("[data-code]").textContent = state.code || state.word;
    screen.querySelector("[data-signed]").textContent = state.signed;
    left = state.left;
  } catch {
    left = 3; // the network is away: once more in a moment
  }
  asked = false;
}

setInterval(() => {
  left -= 1;
  if (left <= 0 && !asked) renew();
  bar.value = Math.max(left, 0);
}, 1000);
