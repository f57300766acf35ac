// Slack's mrkdwn as elements. The text is anybody's: it ends in text nodes, and links only where they are safe.

import { el } from "./dom.js";
import { emoji, withPictures } from "./emoji.js";
import { names } from "./names.js";

const INLINE = new RegExp([
  "`([^`\\n]+)`",
  "<([^<>\\n]+)>",
  "(?<![\\w*])\\*(?=\\S)([^*\\n]+?)(?<=\\S)\\*(?![\\w*])",
  "(?<![\\w_])_(?=\\S)([^_\\n]+?)(?<=\\S)_(?![\\w_])",
  "(?<![\\w~])~(?=\\S)([^~\\n]+?)(?<=\\S)~(?![\\w~])",
  ":([a-z0-9_+'-]+):",
].join("|"), "g");

export const unescape = (text) => text.replace(/&(lt|gt|amp);/g, (_, name) => ({ lt: "<", gt: ">", amp: "&" })[name]);

export function inline(text) {
  const out = [];
  let end = 0;
  for (const hit of text.matchAll(INLINE)) {
    if (hit.index > end) out.push(...withPictures(unescape(text.slice(end, hit.index))));
    out.push(token(hit));
    end = hit.index + hit[0].length;
  }
  if (end < text.length) out.push(...withPictures(unescape(text.slice(end))));
  return out;
}

function token([whole, code, link, bold, italic, strike, name]) {
  if (code !== undefined) return el("code", { text: unescape(code) });
  if (link !== undefined) return bracket(link) ?? document.createTextNode(unescape(whole));
  if (bold !== undefined) return el("strong", {}, inline(bold));
  if (italic !== undefined) return el("em", {}, inline(italic));
  if (strike !== undefined) return el("s", {}, inline(strike));
  return emoji(name);
}

// What stands in angle brackets: a person, a channel, a broadcast, a date or a link.
export function bracket(inside) {
  const [target, ...rest] = inside.split("|");
  const label = rest.length ? unescape(rest.join("|")) : "";
  if (target.startsWith("@")) return mention(names.person(target.slice(1)) ?? (label || target.slice(1)));
  if (target.startsWith("#")) return place(target.slice(1), label);
  if (target.startsWith("!date^")) return document.createTextNode(label || "a date");
  if (target.startsWith("!")) return mention(label.replace(/^@/, "") || target.slice(1).split("^")[0]);
  return anchor(unescape(target), label);
}

const mention = (name) => el("span", { class: "mention", text: `@${name}` });

export function place(id, label = "") {
  const name = names.channel(id) ?? label;
  if (!name) return el("span", { class: "mention", text: "#private-channel" });
  return el("a", { class: "mention", href: `/archives/${encodeURIComponent(id)}`, text: `#${name}` });
}

export function anchor(url, label = "") {
  let parsed;
  try { parsed = new URL(url); } catch { return null; }
  if (!["http:", "https:", "mailto:"].includes(parsed.protocol)) return null;
  const text = label || url.replace(/^mailto:/, "");
  return el("a", { href: parsed.href, target: "_blank", rel: "noopener noreferrer", text });
}

// Whole messages: fenced code, quotes, bullet lines, and lines.
export function mrkdwn(text) {
  const out = document.createDocumentFragment();
  text.split(/```\n?([\s\S]*?)\n?```/).forEach((part, i) => {
    if (i % 2) out.append(el("pre", {}, el("code", { text: unescape(part.replace(/<([^<>|\n]+)(?:\|[^<>\n]*)?>/g, "$1")) })));
    else if (part.trim()) out.append(...paragraphs(part.replace(/^\n|\n$/g, "")));
  });
  return out;
}

const FURTHER = /^\s+(?=\S)/; // a line that goes on with the bullet before it

const KINDS = [["quote", /^(?:&gt;|>) ?/], ["bullet", /^\s*[•◦▪] ?/]];

function paragraphs(text) {
  const runs = [];
  for (const line of text.split("\n")) {
    const [kind, mark] = KINDS.find(([, pattern]) => pattern.test(line)) ?? ["plain", /^/];
    if (kind === "plain" && runs.at(-1)?.kind === "bullet" && FURTHER.test(line)) {
      runs.at(-1).lines.push(`${runs.at(-1).lines.pop()}\n${line.replace(FURTHER, "")}`);
      continue;
    }
    if (runs.at(-1)?.kind !== kind) runs.push({ kind, lines: [] });
    runs.at(-1).lines.push(line.replace(mark, ""));
  }
  return runs.map(({ kind, lines }) => {
    if (kind === "bullet") return el("ul", {}, lines.map((line) => el("li", {}, broken(line.split("\n")))));
    return el(kind === "quote" ? "blockquote" : "p", {}, broken(lines));
  });
}

function broken(lines) {
  return lines.flatMap((line, i) => [...(i ? [el("br")] : []), ...inline(line)]);
}
