// SHA-256 of a file of any size, a megabyte at a time, so that neither memory nor the page stalls.
import { sha256 } from "../vendor/noble-hashes/sha2.js";

const STEP = 1024 * 1024;

// hex. told(share): 0 … 1, after each step; stopped(): true gives up, then the answer is "".
export async function sha256Of(file, told, stopped) {
  const digest = sha256.create();
  for (let at = 0; at < file.size; at += STEP) {
    if (stopped()) return "";
    digest.update(new Uint8Array(await file.slice(at, at + STEP).arrayBuffer()));
    told(Math.min((at + STEP) / file.size, 1));
  }
  return [...digest.digest()].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
