// The `rich_text` block as elements.

import { el } from "./dom.js";
import { emoji, withPictures } from "./emoji.js";
import { anchor, place } from "./mrkdwn.js";
import { names } from "./names.js";

const STYLES = [["code", "code"], ["bold", "strong"], ["italic", "em"], ["strike", "s"], ["underline", "u"]];

function styled(node, style = {}) {
  return STYLES.reduce((inner, [name, tag]) => (style?.[name] ? el(tag, {}, inner) : inner), node);
}

const LEAVES = {
  text: (leaf) => lines(leaf.text),
  link: (leaf) => anchor(leaf.url, leaf.text) ?? document.createTextNode(leaf.text ?? leaf.url),
  user: (leaf) => el("span", { class: "mention", text: `@${names.person(leaf.user_id) ?? leaf.user_id}` }),
  usergroup: (leaf) => el("span", { class: "mention", text: `@${leaf.usergroup_id}` }),
  broadcast: (leaf) => el("span", { class: "mention", text: `@${leaf.range}` }),
  channel: (leaf) => place(leaf.channel_id),
  emoji: (leaf) => emoji(leaf.name),
  color: (leaf) => el("code", { text: leaf.value }),
  date: (leaf) => document.createTextNode(leaf.fallback ?? ""),
  team: (leaf) => document.createTextNode(leaf.team_id ?? ""),
};

function lines(text) {
  const parts = String(text).split("\n").flatMap((line, i) => [...(i ? [el("br")] : []), ...withPictures(line)]);
  return parts.length === 1 ? parts[0] : el("span", {}, parts);
}

const inside = (element) => (element.elements ?? []).map((leaf) => styled(LEAVES[leaf.type]?.(leaf) ?? "", leaf.style));

const GROUPS = {
  rich_text_section: (element) => el("p", {}, inside(element)),
  rich_text_quote: (element) => el("blockquote", {}, inside(element)),
  rich_text_preformatted: (element) => el("pre", {}, el("code", {}, inside(element))),
  rich_text_list: (element) => el(element.style === "ordered" ? "ol" : "ul",
    { class: `indent-${Math.min(element.indent ?? 0, 4)}`, start: element.offset ? element.offset + 1 : null },
    (element.elements ?? []).map((item) => el("li", {}, inside(item)))),
};

export function richText(block) {
  const out = document.createDocumentFragment();
  out.append(...(block.elements ?? []).map((element) => GROUPS[element.type]?.(element) ?? ""));
  return out;
}
