// A sheet's total exactly as the server rounds it (judging/rules/ranking/totals.py): whole-number weights, once half up
// to four places, shown with two, half up again. BigInt: no binary fraction comes near a score.
const HUNDRED = 100n;

// "88", "88.5", full-width digits → hundredths as BigInt; null for nothing or nonsense, undefined for too many places.
export function hundredths(text) {
  const plain = text.normalize("NFKC").replace("。", ".").trim();
  const found = /^(\d{1,6})(?:\.(\d*))?$/.exec(plain);
  if (!found) return null;
  const places = (found[2] ?? "").replace(/0+$/, "");
  if (places.length > 2) return undefined;
  return BigInt(found[1]) * HUNDRED + BigInt(places.padEnd(2, "0"));
}

const halfUp = (numerator, denominator) => (2n * numerator + denominator) / (2n * denominator);

// marks: [[text, share]] of the criteria that count; what is missing counts as nothing yet. → { exact, shown }
export function total(marks) {
  let sum = 0n;
  let whole = 0n;
  for (const [text, share] of marks) {
    sum += (hundredths(text) ?? 0n) * BigInt(share);
    whole += BigInt(share);
  }
  if (!whole) return { exact: "0.0000", shown: "0.00" };
  const exact = halfUp(sum * HUNDRED, whole); // in ten-thousandths
  return { exact: decimal(exact, 4), shown: decimal(halfUp(exact, HUNDRED), 2) };
}

function decimal(units, places) {
  const digits = units.toString().padStart(places + 1, "0");
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}
