// The `markdown` block: common Markdown, with Slack's tokens in angle brackets, as elements.

import { el, icon } from "./dom.js";
import { emoji, withPictures } from "./emoji.js";
import { anchor, bracket, unescape } from "./mrkdwn.js";

const INLINE = new RegExp([
  "`([^`\\n]+)`",
  "<([^<>\\n]+)>",
  "!?\\[([^\\]\\n]+)\\]\\((\\S+?)\\)",
  "(?:\\*\\*|__)(?=\\S)(.+?)(?<=\\S)(?:\\*\\*|__)",
  "~~(?=\\S)(.+?)(?<=\\S)~~",
  "(?<![\\w*])\\*(?=[^\\s*])([^*\\n]+?)(?<=\\S)\\*(?!\\w)",
  "(?<![\\w_])_(?=[^\\s_])([^_\\n]+?)(?<=\\S)_(?!\\w)",
  ":([a-z0-9_+'-]+):",
  "(https?:\\/\\/[^\\s<>()]*[^\\s<>().,;:!?'\"])",
].join("|"), "g");

function inline(text) {
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

function token([whole, code, link, label, url, bold, strike, star, under, name, bare]) {
  if (code !== undefined) return el("code", { text: unescape(code) });
  if (link !== undefined) return bracket(link) ?? document.createTextNode(unescape(whole));
  if (label !== undefined) return anchor(unescape(url), unescape(label)) ?? document.createTextNode(unescape(whole));
  if (bold !== undefined) return el("strong", {}, inline(bold));
  if (strike !== undefined) return el("s", {}, inline(strike));
  if (star !== undefined || under !== undefined) return el("em", {}, inline(star ?? under));
  if (name !== undefined) return emoji(name);
  return anchor(unescape(bare)) ?? document.createTextNode(bare);
}

// Each rule looks at the lines from *i* on and gives [elements, lines taken], or nothing.
const RULES = [fence, heading, rule, table, quote, list];

const DEPTH_MOST = 4; // quotes within quotes; deeper marks are shown as they are

export function markdown(text, depth = 0) {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  const out = document.createDocumentFragment();
  for (let i = 0; i < lines.length;) {
    const [nodes, taken] = block(lines, i, depth);
    out.append(...nodes);
    i += taken;
  }
  return out;
}

function block(lines, i, depth) {
  if (!lines[i].trim()) return [[], 1];
  for (const attempt of RULES) {
    const found = attempt(lines, i, depth);
    if (found) return found;
  }
  return paragraph(lines, i, depth);
}

function fence(lines, i) {
  if (!/^\s*```/.test(lines[i])) return null;
  let end = i + 1;
  while (end < lines.length && !/^\s*```\s*$/.test(lines[end])) end++;
  const code = unescape(lines.slice(i + 1, end).join("\n"));
  return [[el("pre", {}, el("code", { text: code }))], end - i + 1];
}

function heading(lines, i) {
  const hit = /^(#{1,6})\s+(.*?)\s*#*$/.exec(lines[i]);
  return hit && [[el(`h${Math.min(hit[1].length + 2, 6)}`, {}, inline(hit[2]))], 1];
}

function rule(lines, i) {
  return /^\s*([-*_])(\s*\1){2,}\s*$/.test(lines[i]) ? [[el("hr")], 1] : null;
}

const cells = (line) => line.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim().replace(/\\\|/g, "|"));

function table(lines, i) {
  if (!lines[i].includes("|") || !/^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/.test((lines[i + 1] ?? "").trim())) return null;
  let end = i + 2;
  while (end < lines.length && lines[end].includes("|")) end++;
  const row = (line, tag) => el("tr", {}, cells(line).map((cell) => el(tag, {}, inline(cell))));
  const body = lines.slice(i + 2, end).map((line) => row(line, "td"));
  const drawn = el("table", {}, el("thead", {}, row(lines[i], "th")), el("tbody", {}, body));
  return [[el("div", { class: "table-frame", tabindex: "0" }, drawn)], end - i];
}

function quote(lines, i, depth) {
  if (depth >= DEPTH_MOST) return null;
  let end = i;
  while (end < lines.length && /^\s*(>|&gt;)/.test(lines[end])) end++;
  if (end === i) return null;
  const inner = lines.slice(i, end).map((line) => line.replace(/^\s*(>|&gt;) ?/, ""));
  return [[el("blockquote", {}, markdown(inner.join("\n"), depth + 1))], end - i];
}

const ITEM = /^(\s*)([-*+•]|\d+[.)])\s+(.*)$/;

function list(lines, i) {
  const first = ITEM.exec(lines[i]);
  if (!first) return null;
  const ordered = /\d/.test(first[2]);
  const out = el(ordered ? "ol" : "ul", ordered ? { start: parseInt(first[2], 10) } : {});
  let at = i;
  while (at < lines.length) {
    const hit = ITEM.exec(lines[at]);
    if (!hit && out.lastElementChild && /^\s+(?!```)\S/.test(lines[at])) {
      out.lastElementChild.append(el("br"), ...inline(lines[at].trim()));
      at++;
      continue;
    }
    if (!hit || hit[1].length < first[1].length) break;
    if (hit[1].length > first[1].length + 1) {
      const [nested, taken] = list(lines, at);
      (out.lastElementChild ?? out).append(...nested);
      at += taken;
      continue;
    }
    if (/\d/.test(hit[2]) !== ordered) break;
    out.append(item(hit[3]));
    at++;
  }
  return [[out], at - i];
}

function item(text) {
  const task = /^\[([ xX])\]\s+(.*)$/.exec(text);
  if (!task) return el("li", {}, inline(text));
  const done = task[1] !== " ";
  return el("li", { class: "task-item" }, el("span", { class: `tick${done ? " done" : ""}`, role: "img", "aria-label": done ? "done" : "open" }, done ? icon("check") : null), inline(task[2]));
}

function paragraph(lines, i, depth) {
  let end = i + 1;
  while (end < lines.length && lines[end].trim() && !RULES.some((attempt) => attempt(lines, end, depth))) end++;
  const nodes = lines.slice(i, end).flatMap((line, n) => [...(n ? [el("br")] : []), ...inline(line)]);
  return [[el("p", {}, nodes)], end - i];
}
