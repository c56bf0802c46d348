// One file from choice to receipt: checked here, announced with size and SHA-256, sent piece by piece, resumed after
// any cut. `tus` is the vendored tus-js-client; the server's side is core/files/tus.py.
import { megabytes } from "./upload-row.js";
import { sha256Of } from "./upload-sha256.js";

const LARGE = 8 * 1024 * 1024; // a piece; halved at each cut, so that a bad line gets something through
const SMALL = 512 * 1024;
const DELAYS = [1000, 2000, 4000, 8000, 15000, ...new Array(240).fill(30000)]; // two hours without any progress
const SILENT = 90000; // then the request is taken for dead
const LOST = "网络断开，恢复后自动继续";

const utf8 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export class Refused extends Error {}

// The server's own sentence; or what its silence means. body: of a response, as text.
function words(status, body) {
  try {
    return JSON.parse(body).problems.map((problem) => problem.message).join("；");
  } catch {
    if (status === 404 || status === 410) return "服务器上已没有这次上传，请重新选择文件";
    if (status >= 500) return "服务器暂时不能接收，请稍后再试";
    return "登录可能已过期。请刷新页面重新登录，再选一次这个文件，已传的部分还在";
  }
}

export class Transfer {
  // waiting(transfer): the address of an earlier upload of the same file, or ""; done(transfer, how): it has ended
  constructor(form, file, row, { waiting, done }) {
    Object.assign(this, { form, file, row, waiting, done, stopped: false, paused: false, url: "", said: 0 });
    row.named(file.name);
    row.pause.addEventListener("click", () => (this.paused ? this.goOn() : this.hold()));
    row.cancel.addEventListener("click", () => this.giveUp());
  }

  get headers() {
    return { "X-CSRFToken": this.form.elements.csrfmiddlewaretoken.value };
  }

  async run() {
    try {
      const limit = Number(this.form.dataset.limit);
      if (!this.file.size) throw new Refused("文件是空的（0 字节）。请检查是否保存成功，再重新选择");
      if (this.file.size > limit) throw new Refused(`文件有 ${megabytes(this.file.size)}，超过 ${megabytes(limit)}。请压缩后再上传`);
      this.row.buttons("", true);
      this.row.say("正在核对文件", "先在这台设备上算出校验值，还没有开始传。");
      const told = (share) => this.row.tell(`正在核对 ${Math.floor(share * 100)}%`, "先在这台设备上算出校验值，还没有开始传。");
      this.sha256 = await sha256Of(this.file, told, () => this.stopped);
      if (this.stopped) return;
      this.url = this.waiting(this) || (await this.announce());
      if (!this.stopped) this.send();
    } catch (error) {
      const gone = error.name === "NotReadableError" || error.name === "NotFoundError";
      this.fail(error instanceof Refused ? error.message : gone ? "读不出这个文件，它可能被移动或改动了。请重新选择" : String(error));
    }
  }

  // The upload's address.
  async announce() {
    const headers = {
      ...this.headers,
      "Tus-Resumable": "1.0.0",
      "Upload-Length": String(this.file.size),
      "Upload-Metadata": `filename ${utf8(this.file.name)},sha256 ${utf8(this.sha256)}`,
    };
    for (const delay of DELAYS) {
      const response = await fetch(this.form.dataset.upload, { method: "POST", headers }).catch(() => null);
      if (response?.status === 201) return response.headers.get("Location");
      if (response && response.status < 500) throw new Refused(words(response.status, await response.text()));
      this.lost();
      await wait(delay);
      if (this.stopped) return "";
    }
    throw new Refused("一直连不上服务器，请稍后再选一次这个文件");
  }

  send() {
    this.tus = new window.tus.Upload(this.file, {
      uploadUrl: this.url,
      chunkSize: LARGE,
      headers: this.headers,
      retryDelays: DELAYS,
      storeFingerprintForResuming: false, // the server remembers: it lists what is unfinished
      fingerprint: async () => null,
      onProgress: (sent, total) => this.progress(sent, total),
      onSuccess: () => this.finish(),
      onShouldRetry: (error) => this.again(error),
      onError: (error) => this.refused(error),
    });
    this.start();
  }

  start() {
    this.row.tone("");
    this.row.buttons("暂停", true);
    this.row.say("正在上传");
    this.beat();
    this.tus.start();
  }

  beat() {
    clearTimeout(this.watch);
    this.watch = setTimeout(() => this.restart(), SILENT);
  }

  // After a network change, or a silence: the old request will not come back.
  async restart() {
    if (!this.tus || this.paused || this.stopped) return;
    await this.tus.abort();
    if (!this.paused && !this.stopped) this.start();
  }

  progress(sent, total) {
    this.beat();
    const percent = Math.floor((sent / total) * 100);
    this.row.tone("");
    this.row.filled(percent);
    this.at = percent;
    if (sent === total) this.row.say("正在核对", "已全部发出，服务器正在核对。");
    else if (percent >= this.said + 25) this.row.say(`正在上传 ${(this.said = percent - (percent % 25))}%`);
    else this.row.tell(`${percent}%，${megabytes(sent)} / ${megabytes(total)}`);
  }

  again(error) {
    const status = error.originalResponse?.getStatus() ?? 0;
    if (status && status < 500 && ![409, 423, 429].includes(status)) return false;
    this.tus.options.chunkSize = Math.max(this.tus.options.chunkSize / 2, SMALL);
    clearTimeout(this.watch);
    if (status === 507) this.lost(words(status, error.originalResponse.getBody()));
    else if (status !== 409) this.lost();
    return true;
  }

  lost(note = `${LOST}。`) {
    this.row.tone("wait");
    this.row.say(this.at ? `停在 ${this.at}%` : "等待网络", `${note}${this.at ? "已传的还在。" : ""}`);
  }

  async refused(error) {
    const response = error.originalResponse;
    let note = words(response?.getStatus() ?? 500, response?.getBody() ?? "");
    if (response?.getStatus() === 410) {
      const told = await fetch(this.url).then((answer) => answer.json()).catch(() => ({}));
      note = told.note || note;
    }
    this.fail(note);
  }

  hold() {
    this.paused = true;
    clearTimeout(this.watch);
    this.tus.abort();
    this.row.buttons("继续", true);
    this.row.say(`暂停在 ${this.at ?? 0}%`, "已传的还在，随时可以继续。");
    this.done(this, "paused");
  }

  goOn() {
    this.paused = false;
    this.start();
  }

  async giveUp() {
    this.end();
    this.row.element.remove();
    const headers = { ...this.headers, "Tus-Resumable": "1.0.0" };
    if (this.url) await fetch(this.url, { method: "DELETE", headers }).catch(() => null);
    this.done(this, "cancelled");
  }

  fail(note) {
    this.end();
    this.row.tone("bad");
    this.row.buttons("", false);
    this.row.say("没有传成", note);
    this.done(this, "failed");
  }

  finish() {
    this.end();
    this.row.tone("ok");
    this.row.filled(100);
    this.row.buttons("", false);
    this.row.say(`已传完，${megabytes(this.file.size)}`);
    this.done(this, "finished");
  }

  end() {
    this.stopped = true;
    clearTimeout(this.watch);
    this.tus?.abort();
  }
}
