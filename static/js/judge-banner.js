// The line above a judge's pages that says what still waits on this device, and why.
export const time = (ms = Date.now()) => (
  new Date(ms).toLocaleTimeString("zh-CN", { hour12: false, timeZone: "Asia/Shanghai" })
);

export class Banner {
  constructor(queue, login) {
    this.queue = queue;
    this.login = login;
    queue.addEventListener("changed", ({ detail }) => this.show(detail));
  }

  // current: the work on the page, which says itself what became of it.
  // box: the page's [data-net]; another one after the work on the page has changed
  attach(box) {
    this.box = box;
    box.querySelector("[data-retry]").addEventListener("click", () => this.queue.retry());
    this.queue.all().then((rows) => this.show(rows));
  }

  show(rows) {
    const waiting = rows.filter((row) => row.state === "waiting");
    const stuck = rows.filter((row) => row.state !== "waiting" && row.pk !== this.current);
    const [title, words] = this.#words(waiting, stuck);
    this.box.hidden = !title;
    if (!title) return;
    this.box.querySelector("b").textContent = title;
    const text = this.box.querySelector("p");
    text.textContent = words;
    if (this.queue.signedOut) {
      const link = document.createElement("a");
      link.href = `${this.login}?next=${encodeURIComponent(location.pathname)}`;
      link.textContent = "重新登录";
      text.append(link);
    }
    if (stuck.length && !this.queue.signedOut) text.append(...stuck.flatMap((row) => this.#link(row)));
  }

  #words(waiting, stuck) {
    const count = `${waiting.length} 份评分待上传`;
    if (this.queue.signedOut) return [`登录已过期，${count}`, "评分存在本机，登录后自动上传。"];
    if (stuck.length) return [`${stuck.length} 份评分没有存入`, `${stuck[0].problems[0]?.message ?? ""}。请打开处理：`];
    const where = this.queue.store.lasting ? "评分存在本机，可以继续，联网后自动上传。" : "评分只在这一页里，联网前请不要关闭。";
    if (this.queue.offline) return [waiting.length ? `已离线，${count}` : "已离线", waiting.length ? where : "可以继续评分，联网后自动上传。"];
    const old = waiting.filter((row) => !row.hold && Date.now() - row.at > 10000);
    return old.length ? [`正在上传，${count}`, `最早一份存于 ${time(old[0].at)}。`] : ["", ""];
  }

  #link(row) {
    const link = document.createElement("a");
    link.href = row.url.replace(/sheet\/$/, "");
    link.textContent = `作品 ${row.code}`;
    return [link, " "];
  }
}
