/* The offline page: reads what a scan gave and says whether a key of the organiser signed it. `isSigned` comes from
   ed25519.js, which stands before this in the page; the public keys from the page's table. Same rules as
   awards/rules/certificates.py: only what it would have written, letter by letter. */

const DOMAIN = "aisc-certificate-v1\n";
const MOST = 4000;

const field = document.querySelector("#payload");
const verdict = document.querySelector("#verdict");
const keys = [...document.querySelectorAll("[data-key]")].map((row) => [row.dataset.id, bytesOfText(row.dataset.key)]);

function bytesOfText(text) {
  return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
}

function textOfBytes(bytes) {
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/* {parts, message, signature} of a payload or of a link that ends in one; null for what is none. */
function read(typed) {
  const payload = typed.replace(/\s/g, "").replace(/\/+$/, "").split("/").pop();
  try {
    const [claim, signature, ...more] = payload.split(".").map(bytesOfText);
    if (payload.length > MOST || more.length || signature.length !== 64) return null;
    const parts = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(claim));
    if (!Array.isArray(parts) || parts.length !== 4 || !parts.every((part) => typeof part === "string")) return null;
    const message = new TextEncoder().encode(JSON.stringify(parts.map((part) => part.normalize("NFC"))));
    if (`${textOfBytes(message)}.${textOfBytes(signature)}` !== payload) return null;
    return { parts, message, signature };
  } catch {
    return null;
  }
}

function say(tone, title, text, parts = []) {
  verdict.className = `verdict verdict--${tone}`;
  verdict.querySelector("h2").textContent = title;
  verdict.querySelector("p").textContent = text;
  const facts = verdict.querySelector("dl");
  facts.hidden = !parts.length;
  [...facts.querySelectorAll("dd")].forEach((dd, at) => { dd.textContent = parts[at] || ""; });
  verdict.hidden = false;
  verdict.focus();
}

function check() {
  const found = read(field.value);
  if (!found) {
    say("bad", "读不出来", "这不是证书二维码的内容，或者不完整。请重新扫描，把得到的整条链接粘贴进来。");
    return;
  }
  const signed = Uint8Array.from([...new TextEncoder().encode(DOMAIN), ...found.message]);
  const by = keys.find(([, key]) => isSigned(signed, found.signature, key));
  if (by) {
    say("ok", "签名有效", `由组委会的密钥 ${by[0]} 签发，内容没有被改动。请与纸面逐项对照。`, found.parts);
  } else {
    say("bad", "签名不对", "内容被改动过，或者不是大赛组委会签发的，或者这一页下载得太早、还没有新的公钥。");
  }
}

document.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  check();
});
