// A scrolled list of messages: a window of a channel, or a whole thread. The page never holds more rows than it needs.

import { arrange, el } from "./dom.js";
import { continues, dayLabel, dayOf, drawMessage } from "./message.js";

const ROWS_MOST = 400;
const NEAR = 80; // pixels that count as "at the end"

export class Log {
  constructor(node, context, { more = null, moved = () => {} } = {}) {
    this.node = node;
    this.context = context;
    this.more = more;
    this.moved = moved;
    this.rows = new Map();
    this.beginning = null;
    this.clear();
    node.addEventListener("scroll", () => this.scrolled(), { passive: true });
    new ResizeObserver(() => { if (this.stuck) this.toEnd(); }).observe(node);
    node.addEventListener("keydown", (event) => this.walk(event));
  }

  clear() {
    this.messages = [];
    this.whispers = [];
    this.older = this.newer = false;
    this.loading = null;
    this.stuck = true; // at the end, and to be kept there when something grows
    this.rows.clear();
    this.node.replaceChildren();
  }

  // Show a window anew; *at* names a message to jump to, else the end is shown.
  show({ messages, older = false, newer = false }, at = null) {
    this.messages = messages;
    this.older = older;
    this.newer = newer;
    this.quietly(() => this.draw());
    if (at) this.highlight(at);
    else this.toEnd();
  }

  // A new or changed message. What lies outside the window stays outside.
  put(message) {
    const retold = this.retell(message);
    const at = this.messages.findIndex((known) => known.ts >= message.ts);
    if (at >= 0 && this.messages[at].ts === message.ts) this.messages[at] = message;
    else if (at > 0 || (at === 0 && !this.older)) this.messages.splice(at, 0, message);
    else if (at < 0 && !this.newer) this.messages.push(message);
    else if (!retold) return;
    this.follow();
  }

  // A broadcast quotes the first message of its thread, and with it changes. Whether one did.
  retell(root) {
    const isStale = (said) => said.subtype === "thread_broadcast" && said.thread_ts === root.ts && said.root?.text !== root.text;
    if (!this.messages.some(isStale)) return false;
    this.messages = this.messages.map((said) => (isStale(said) ? { ...said, root: { ...said.root, text: root.text } } : said));
    return true;
  }

  remove(ts) {
    this.messages = this.messages.filter((message) => message.ts !== ts);
    this.follow();
  }

  setWhispers(whispers) {
    this.whispers = whispers;
    this.follow();
  }

  // Redraw, and stay at the end if that is where the person was.
  follow() {
    const stay = this.stuck;
    if (stay && this.messages.length > ROWS_MOST) {
      this.messages = this.messages.slice(-ROWS_MOST);
      this.older = true;
    }
    this.keepPlace(() => this.draw());
    if (stay) this.toEnd();
    this.moved();
  }

  draw() {
    const nodes = [];
    const used = new Set();
    const use = (key, make, sign = "") => {
      let row = this.rows.get(key);
      if (!row || row.sign !== sign) this.rows.set(key, row = { sign, node: make() });
      used.add(key);
      nodes.push(row.node);
    };
    if (!this.older && this.beginning) use("beginning", () => start(this.beginning), this.beginning.join());
    if (this.older) use("older", () => el("p", { class: "edge", text: "Loading older messages…" }));
    let before = null;
    for (const message of this.inOrder()) {
      if (!before || dayOf(before.ts) !== dayOf(message.ts)) use(`day ${dayOf(message.ts)}`, () => divider(message.ts), dayLabel(message.ts));
      const compact = continues(message, before);
      use(message.ts, () => drawMessage(message, { ...this.context, compact }), JSON.stringify([message, compact]));
      if (this.context.inThread && message === this.messages[0]) this.count(use);
      before = message;
    }
    if (this.newer) use("newer", () => el("p", { class: "edge", text: "Loading newer messages…" }));
    for (const key of this.rows.keys()) if (!used.has(key)) this.rows.delete(key);
    const focused = this.node.contains(document.activeElement) && document.activeElement.closest("[data-ts]")?.dataset.ts;
    arrange(this.node, nodes);
    if (focused && !this.node.contains(document.activeElement)) this.row(focused)?.focus({ preventScroll: true });
  }

  inOrder() {
    if (!this.whispers.length) return this.messages;
    const first = this.messages[0]?.ts ?? "";
    return [...this.messages, ...this.whispers.filter((said) => said.ts > first || !this.older)].sort((a, b) => (a.ts < b.ts ? -1 : 1));
  }

  count(use) {
    const replies = this.messages.length - 1;
    const words = replies === 1 ? "1 reply" : `${replies} replies`;
    if (replies) use("count", () => el("div", { class: "day count" }, el("span", { text: words })), words);
  }

  // What was said long ago is not read out as if it were news.
  quietly(change) {
    this.node.setAttribute("aria-busy", "true");
    change();
    requestAnimationFrame(() => this.node.removeAttribute("aria-busy"));
  }

  // Change the rows without moving what the person is reading.
  keepPlace(change) {
    const ts = this.firstVisible();
    const offset = ts ? this.row(ts).getBoundingClientRect().top : 0;
    change();
    const after = ts && this.row(ts);
    if (after) this.node.scrollTop += after.getBoundingClientRect().top - offset;
  }

  atEnd() { return !this.newer && this.node.scrollHeight - this.node.scrollTop - this.node.clientHeight < NEAR; }
  toEnd() { this.node.scrollTop = this.node.scrollHeight; this.stuck = !this.newer; this.moved(); }
  has(ts) { return this.messages.some((message) => message.ts === ts); }
  firstVisible() {
    const top = this.node.getBoundingClientRect().top;
    return [...this.node.querySelectorAll("[data-ts]")].find((row) => row.getBoundingClientRect().bottom > top)?.dataset.ts ?? null;
  }
  row(ts) { return this.node.querySelector(`[data-ts="${CSS.escape(ts)}"]`); }

  highlight(ts) {
    const row = this.row(ts);
    if (!row) return;
    this.stuck = false;
    row.scrollIntoView({ block: "center" });
    row.classList.remove("found");
    requestAnimationFrame(() => row.classList.add("found"));
    row.focus({ preventScroll: true });
    this.moved();
  }

  scrolled() {
    this.stuck = this.atEnd();
    this.moved();
    if (!this.more || this.loading) return;
    if (this.older && this.node.scrollTop < 600) this.load({ before: this.messages[0].ts });
    else if (this.newer && this.node.scrollHeight - this.node.scrollTop - this.node.clientHeight < 600) this.load({ after: this.messages.at(-1).ts });
  }

  async load(query) {
    const loading = this.loading = Symbol("load");
    try {
      const page = await this.more(query);
      if (this.loading !== loading) return; // the log shows something else by now
      this.quietly(() => this.keepPlace(() => (query.before ? this.prepend(page) : this.append(page))));
    } finally {
      if (this.loading === loading) this.loading = null;
    }
    this.moved();
  }

  prepend({ messages, older }) {
    const all = [...messages, ...this.messages];
    this.messages = all.slice(0, ROWS_MOST);
    this.newer ||= all.length > ROWS_MOST;
    this.older = older;
    this.draw();
  }

  append({ messages, newer }) {
    const known = this.messages.at(-1)?.ts ?? "";
    const all = [...this.messages, ...messages.filter((message) => message.ts > known)];
    this.messages = all.slice(-ROWS_MOST);
    this.older ||= all.length > ROWS_MOST;
    this.newer = newer;
    this.draw();
  }

  // Arrow keys walk over the messages; Tab then reaches the tools of the one in focus.
  walk(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const here = event.target.closest("[data-ts]");
    if (event.key === "Escape" && here) this.node.focus();
    if (!step || event.target.closest("textarea, input, select") || event.altKey || event.ctrlKey || event.metaKey) return;
    const rows = [...this.node.querySelectorAll("[data-ts]")];
    const next = here ? rows[rows.indexOf(here) + step] : rows.at(-1);
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }
}

const start = ([title, words]) => el("div", { class: "beginning" }, el("strong", { text: title }), el("span", { text: words }));
const divider = (ts) => el("div", { class: "day", role: "separator" }, el("span", { text: dayLabel(ts) }));
