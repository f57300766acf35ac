// Block Kit as elements: what a message of the bot, a form and a Home tab look like.

import { byId, el, icon } from "./dom.js";
import { chooser, field, isChoice, plain, words } from "./inputs.js";
import { markdown } from "./markdown.js";
import { anchor } from "./mrkdwn.js";
import { richText } from "./richtext.js";

const unfolded = new Map(); // whether a person opened a fold, kept over redraws

function button(element, block, context) {
  const label = plain(element.text?.text ?? "");
  const look = `button${element.style ? ` ${element.style}` : ""}`;
  return el("button", {
    type: "button", class: look, data: { action: element.action_id },
    on: { click: (event) => press(event.currentTarget, element, block, context) },
  }, label);
}

async function press(node, element, block, context, value = null) {
  if (element.confirm && !(await confirmed(element.confirm))) return;
  if (element.url) anchor(element.url)?.click();
  node.disabled = true;
  node.setAttribute("aria-busy", "true");
  try {
    await context.press(block.block_id, element.action_id, value);
  } finally {
    node.disabled = false;
    node.removeAttribute("aria-busy");
  }
}

// A button, or something to choose from.
function control(element, block, context) {
  if (element.type === "image") return image(element);
  if (!isChoice(element)) return button(element, block, context);
  const node = chooser(element, (value) => press(node, element, block, context, value));
  return node;
}

function feedback(element, block, context) {
  const opinion = ({ text, value, accessibility_label: label }, mark) => el("button", {
    type: "button", class: "button small", "aria-label": label ?? text.text, title: text.text, data: { action: element.action_id },
    on: { click: (event) => press(event.currentTarget, element, block, context, value) },
  }, plain(mark));
  return [opinion(element.positive_button, ":+1:"), opinion(element.negative_button, ":-1:")];
}

// A field of a form. What was typed before the form was drawn anew stays.
function input(block, context) {
  const drawn = field(block);
  const held = context.held?.[block.block_id]?.[drawn.action];
  if (held !== undefined) drawn.fill(held);
  context.fields?.set(block.block_id, drawn);
  return drawn.node;
}

export function confirmed({ title, text, confirm, deny, style }) {
  const dialog = byId("confirm");
  byId("confirm-title").textContent = title?.text ?? "Are you sure?";
  byId("confirm-text").replaceChildren(words(text));
  byId("confirm-yes").textContent = confirm?.text ?? "Yes";
  byId("confirm-no").textContent = deny?.text ?? "Cancel";
  byId("confirm-yes").className = `button ${style === "danger" ? "danger" : "primary"}`;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((done) => dialog.addEventListener("close", () => done(dialog.returnValue === "yes"), { once: true }));
}

const STATUS = { pending: "waiting", in_progress: "working", complete: "done", error: "failed" };

function task(card, context) {
  const status = Object.hasOwn(STATUS, card.status ?? "pending") ? card.status ?? "pending" : "pending";
  const mark = el("span", { class: `task-mark ${status}`, role: "img", "aria-label": STATUS[status] });
  if (status === "complete") mark.append(icon("check"));
  if (status === "error") mark.append(icon("cross"));
  const head = [mark, el("span", { class: "task-title" }, plain(card.title ?? ""))];
  const body = [card.details, card.output].filter(Boolean).map((part) => el("div", { class: "rich" }, richText(part)));
  if (card.sources?.length) body.push(el("p", { class: "sources" }, card.sources.map((source) => anchor(source.url, source.text) ?? source.text)));
  if (!body.length) return el("div", { class: "task" }, el("div", { class: "task-head" }, head));
  return fold(`${context.ts}/${card.task_id}`, el("summary", { class: "task-head" }, head), el("div", { class: "task-body" }, body));
}

function fold(key, summary, body) {
  const node = el("details", { class: "task", open: unfolded.get(key) === true }, summary, body);
  node.addEventListener("toggle", () => unfolded.set(key, node.open));
  return node;
}

function plan(block, context) {
  const tasks = block.tasks ?? [];
  const done = tasks.filter((card) => card.status === "complete").length;
  const ended = tasks.filter((card) => ["complete", "error"].includes(card.status)).length;
  const bar = el("progress", { max: tasks.length || 1, value: ended, "aria-label": `${ended} of ${tasks.length} ended` });
  return el("section", { class: "plan", "aria-label": block.title },
    el("header", { class: "plan-head" }, el("strong", {}, plain(block.title)), el("span", { class: "plan-count", text: `${done}/${tasks.length}` })),
    bar, el("div", { class: "tasks" }, tasks.map((card) => task(card, context))));
}

function cell(value, tag, align) {
  const look = [value.type === "raw_number" ? "number" : "", align ? `align-${align}` : ""].join(" ").trim();
  if (value.type === "rich_text") return el(tag, { class: look || null }, richText(value));
  return el(tag, { class: look || null }, plain(value.text ?? ""));
}

function table(block) {
  const [head, ...rows] = block.rows;
  const align = (i) => block.column_settings?.[i]?.align;
  const row = (cells, tag) => el("tr", {}, cells.map((value, i) => cell(value, tag, align(i))));
  return el("div", { class: "table-frame", tabindex: "0" },
    el("table", {}, el("thead", {}, row(head, "th")), el("tbody", {}, rows.map((cells) => row(cells, "td")))));
}

// No picture is ever loaded from elsewhere: its words stand in for it.
const image = (block) => el("p", { class: "picture" }, anchor(block.image_url, block.alt_text) ?? block.alt_text);

const DRAW = {
  section: (block, context) => el("div", { class: "section" },
    el("div", { class: "section-text rich" }, block.text ? words(block.text) : null,
      block.fields ? el("div", { class: "fields" }, block.fields.map((field) => el("div", { class: "rich" }, words(field)))) : null),
    block.accessory ? control(block.accessory, block, context) : null),
  header: (block) => el("h3", { class: "block-header" }, plain(block.text.text)),
  context: (block) => el("div", { class: "context" },
    block.elements.map((element) => (element.type === "image" ? image(element) : el("div", { class: "rich" }, words(element))))),
  divider: () => el("hr"),
  actions: (block, context) => el("div", { class: "actions" }, block.elements.map((element) => control(element, block, context))),
  context_actions: (block, context) => el("div", { class: "actions" }, block.elements.map((element) =>
    (element.type === "feedback_buttons" ? feedback(element, block, context) : button(element, block, context)))),
  input,
  plan,
  task_card: task,
  table,
  markdown: (block) => el("div", { class: "rich markdown" }, markdown(block.text)),
  rich_text: (block) => el("div", { class: "rich" }, richText(block)),
  image,
};

export function drawBlocks(blocks, context) {
  return el("div", { class: "blocks" }, blocks.map((block) => DRAW[block.type]?.(block, context) ?? null));
}
