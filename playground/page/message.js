// One message as a row: who, when, what, and what hangs on it.

import { drawBlocks } from "./blocks.js";
import { el, icon } from "./dom.js";
import { emoji } from "./emoji.js";
import { files } from "./files.js";
import { openMenu } from "./menu.js";
import { mrkdwn } from "./mrkdwn.js";
import { hue, initials, names } from "./names.js";

const GROUP_SECONDS = 5 * 60;

const date = (ts) => new Date(parseFloat(ts) * 1000);
const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const dayWithYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" });

export const dayOf = (ts) => date(ts).toDateString();

export function dayLabel(ts) {
  const now = new Date();
  const then = date(ts);
  const days = Math.round((new Date(now.toDateString()) - new Date(then.toDateString())) / 864e5);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return (then.getFullYear() === now.getFullYear() ? day : dayWithYear).format(then);
}

function ago(ts) {
  const seconds = Math.max(0, Date.now() / 1000 - parseFloat(ts));
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  const label = dayLabel(ts);
  return label === "Yesterday" ? "yesterday" : `on ${label}`;
}

// Whether *message* goes on under the head of the one before it.
export function continues(message, before) {
  return Boolean(before) && before.user === message.user && !before.blocks && !message.blocks && !message.files
    && !message.is_ephemeral && !before.is_ephemeral && message.subtype === before.subtype && !message.subtype
    && dayOf(message.ts) === dayOf(before.ts) && parseFloat(message.ts) - parseFloat(before.ts) < GROUP_SECONDS;
}

export function avatar(user, small = false) {
  const name = names.person(user) ?? user;
  const look = `avatar ${small ? "small " : ""}${names.isBot(user) ? "bot" : hue(user)}`;
  return el("span", { class: look, "aria-hidden": "true", text: initials(name) });
}

function head(message) {
  const name = names.person(message.user) ?? message.user;
  return el("header", { class: "message-head" },
    el("strong", { class: "author", text: name }),
    names.isBot(message.user) ? el("span", { class: "badge", text: "APP" }) : null,
    stamp(message), message.blocks ? edited(message) : null);
}

const edited = (message) => (message.edited && !message.is_ephemeral ? el("span", { class: "edited", text: "(edited)" }) : null);
const stamp = (message) => el("time", { datetime: date(message.ts).toISOString(), title: full.format(date(message.ts)), text: clock.format(date(message.ts)) });

function reactions(message) {
  if (!message.reactions?.length) return null;
  return el("ul", { class: "reactions", "aria-label": "Reactions" }, message.reactions.map(({ name, users, count }) =>
    el("li", { title: users.map((user) => names.person(user) ?? user).join(", ") }, emoji(name), el("span", { text: count }))));
}

function threadLink(message, context) {
  if (!message.reply_count || context.inThread) return null;
  const count = `${message.reply_count} ${message.reply_count === 1 ? "reply" : "replies"}`;
  return el("button", { type: "button", class: "thread-link", on: { click: () => context.openThread(message.ts) } },
    el("span", { class: "faces" }, (message.reply_users ?? []).slice(0, 4).map((user) => avatar(user, true))),
    el("strong", { text: count }), el("span", { class: "last-reply", text: `Last reply ${ago(message.latest_reply)}` }));
}

function broadcast(message, context) {
  if (message.subtype !== "thread_broadcast") return null;
  if (context.inThread) return el("p", { class: "note" }, icon("hash"), "Also sent to the channel");
  const root = message.root?.text ? shortened(message.root.text) : "a message";
  return el("p", { class: "note" }, icon("reply"), "replied to a thread: ",
    el("button", { type: "button", class: "as-link", on: { click: () => context.openThread(message.thread_ts, message.ts) } }, root));
}

// The first words of a message, its tokens and marks read as text.
function shortened(text) {
  const words = el("span", {}, mrkdwn(text)).textContent.replace(/\s+/g, " ").trim();
  return words.length > 70 ? `${words.slice(0, 69)}…` : words;
}

function whisper(message, context) {
  if (!message.is_ephemeral) return null;
  return el("p", { class: "note whisper-note" }, icon("eye"), "Only visible to you · ",
    el("button", { type: "button", class: "as-link", text: "Dismiss", on: { click: () => context.dismiss(message.ts) } }));
}

function tools(message, context) {
  if (message.is_ephemeral || message.subtype === "tombstone") return null;
  const tool = (name, label, act) => el("button", { type: "button", class: "icon-button", "aria-label": label, title: label, on: { click: act } }, icon(name));
  return el("div", { class: "tools", role: "group", "aria-label": "Message actions" },
    context.inThread ? null : tool("thread", "Reply in thread", () => context.openThread(message.thread_ts ?? message.ts)),
    tool("link", "Copy link", () => context.copyLink(message)),
    el("button", { type: "button", class: "icon-button", "aria-label": "More actions", title: "More actions", "aria-haspopup": "menu", "aria-expanded": "false",
      on: { click: (event) => openMenu(event.currentTarget, "More actions", shortcuts(message, context)) } }, icon("more")));
}

// What apps offer for a message, wherever it stands.
const shortcuts = (message, context) => context.shortcuts().map(({ name, callback_id: id }) => ({ label: name, note: "Quorum", act: () => context.shortcut(message, id) }));

function body(message, context) {
  if (message.blocks) {
    const press = (block, action, value) => context.press(message.ts, block, action, value);
    try {
      return drawBlocks(message.blocks, { ts: message.ts, press });
    } catch (error) {
      console.error("These blocks cannot be drawn; their text stands in for them.", error);
    }
  }
  return el("div", { class: "rich text" }, mrkdwn(message.text ?? ""));
}

export function drawMessage(message, { compact, ...context }) {
  const look = ["message", compact && "compact", message.is_ephemeral && "whisper", message.subtype === "tombstone" && "tombstone"];
  const content = body(message, context);
  if (!message.blocks) (content.lastElementChild ?? content).append(" ", edited(message) ?? "");
  return el("article", { class: look.filter(Boolean).join(" "), tabindex: "-1", data: { ts: message.ts }, "aria-label": `${names.person(message.user) ?? message.user}, ${clock.format(date(message.ts))}` },
    el("div", { class: "gutter" }, compact ? stamp(message) : avatar(message.user)),
    el("div", { class: "content" }, whisper(message, context), broadcast(message, context), compact ? null : head(message),
      content, files(message, context), reactions(message), threadLink(message, context)),
    tools(message, context));
}
