/* Ed25519 as RFC 8032 verifies it, for browsers of any age: WebCrypto has it only since 2023–2025, and nowhere on some
   phones' file pages. Plain and slow (some 50 ms); nothing here is secret. Stands in the offline page as it is. */

const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const WORD = 2n ** 64n - 1n;

const mod = (a, m) => ((a % m) + m) % m;

function power(base, exponent) {
  let result = 1n;
  for (let b = mod(base, P), e = exponent; e > 0n; e >>= 1n) {
    if (e & 1n) result = (result * b) % P;
    b = (b * b) % P;
  }
  return result;
}

const inverse = (a) => power(a, P - 2n);
const D = mod(-121665n * inverse(121666n), P);
const ROOT = power(2n, (P - 1n) / 4n); // of −1

/* Bytes, least first, as a number; and back (32 of them). */
const number = (bytes) => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
const bytesOf = (n) => Uint8Array.from({ length: 32 }, (_, at) => Number((n >> BigInt(8 * at)) & 255n));

/* Points as X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z. */
function sum(p, q) {
  const a = mod((p[1] - p[0]) * (q[1] - q[0]), P);
  const b = mod((p[1] + p[0]) * (q[1] + q[0]), P);
  const c = mod(2n * p[3] * q[3] * D, P);
  const d = mod(2n * p[2] * q[2], P);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [mod(e * f, P), mod(g * h, P), mod(f * g, P), mod(e * h, P)];
}

function times(scalar, point) {
  let result = [0n, 1n, 1n, 0n];
  for (let n = scalar, p = point; n > 0n; n >>= 1n) {
    if (n & 1n) result = sum(result, p);
    p = sum(p, p);
  }
  return result;
}

/* null for what is no point of the curve. */
function pointOf(bytes) {
  const whole = number(bytes);
  const y = whole & (2n ** 255n - 1n);
  const odd = whole >> 255n;
  if (y >= P) return null;
  const square = mod((y * y - 1n) * inverse(D * y * y + 1n), P);
  let x = power(square, (P + 3n) / 8n);
  if ((x * x) % P !== square) x = (x * ROOT) % P;
  if ((x * x) % P !== square || (x === 0n && odd)) return null;
  if ((x & 1n) !== odd) x = P - x;
  return [x, y, 1n, (x * y) % P];
}

function packed(point) {
  const z = inverse(point[2]);
  return bytesOf(mod(point[1] * z, P) | ((mod(point[0] * z, P) & 1n) << 255n));
}

const BASE = pointOf(bytesOf(mod(4n * inverse(5n), P)));

/* SHA-512; its constants are the first 64 bits of the roots' fractions, as the standard defines them. */
function root(n, degree) {
  let low = 0n, high = 1n << 72n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** degree <= n) low = middle; else high = middle;
  }
  return low & WORD;
}

const PRIMES = [];
for (let n = 2; PRIMES.length < 80; n += 1) if (PRIMES.every((prime) => n % prime)) PRIMES.push(n);
const START = PRIMES.slice(0, 8).map((prime) => root(BigInt(prime) << 128n, 2n));
const ROUNDS = PRIMES.map((prime) => root(BigInt(prime) << 192n, 3n));
const turned = (x, by) => ((x >> by) | (x << (64n - by))) & WORD;

function sha512(message) {
  const padded = new Uint8Array(Math.ceil((message.length + 17) / 128) * 128);
  padded.set(message);
  padded[message.length] = 128;
  new DataView(padded.buffer).setUint32(padded.length - 4, message.length * 8);
  const state = [...START];
  for (let from = 0; from < padded.length; from += 128) {
    const view = new DataView(padded.buffer, from, 128);
    const w = Array.from({ length: 16 }, (_, at) => view.getBigUint64(at * 8));
    for (let at = 16; at < 80; at += 1) {
      const [a, b] = [w[at - 15], w[at - 2]];
      const small = turned(a, 1n) ^ turned(a, 8n) ^ (a >> 7n);
      const large = turned(b, 19n) ^ turned(b, 61n) ^ (b >> 6n);
      w.push((w[at - 16] + small + w[at - 7] + large) & WORD);
    }
    let [a, b, c, d, e, f, g, h] = state;
    w.forEach((word, at) => {
      const first = h + (turned(e, 14n) ^ turned(e, 18n) ^ turned(e, 41n)) + ((e & f) ^ (~e & g)) + ROUNDS[at] + word;
      const second = (turned(a, 28n) ^ turned(a, 34n) ^ turned(a, 39n)) + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) & WORD, c, b, a, (first + second) & WORD];
    });
    [a, b, c, d, e, f, g, h].forEach((word, at) => { state[at] = (state[at] + word) & WORD; });
  }
  const digest = new DataView(new ArrayBuffer(64));
  state.forEach((word, at) => digest.setBigUint64(at * 8, word));
  return new Uint8Array(digest.buffer);
}

/* Whether `signature` (64 bytes) over `message` was made with the other half of `publicKey` (32 bytes). */
export function isSigned(message, signature, publicKey) {
  const key = publicKey.length === 32 && signature.length === 64 && pointOf(publicKey);
  const s = number(signature.slice(32));
  if (!key || s >= ORDER) return false;
  const challenge = mod(number(sha512(Uint8Array.from([...signature.slice(0, 32), ...publicKey, ...message]))), ORDER);
  const minus = [mod(-key[0], P), key[1], 1n, mod(-key[3], P)];
  return packed(sum(times(s, BASE), times(challenge, minus))).every((byte, at) => byte === signature[at]);
}
