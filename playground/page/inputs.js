// What a person fills in or chooses from, and what it holds: fields of a form, selects, boxes, menus.

import { el, icon } from "./dom.js";
import { emoji, withPictures } from "./emoji.js";
import { openMenu } from "./menu.js";
import { mrkdwn } from "./mrkdwn.js";

let number = 0;

// Plain text: shortcodes become pictures, nothing else means anything.
export function plain(text) {
  return String(text).split(/:([a-z0-9_+'-]+):/).flatMap((part, i) => (i % 2 ? [emoji(part)] : withPictures(part)));
}

export function words(text) {
  if (!text) return "";
  return text.type === "mrkdwn" ? mrkdwn(text.text) : el("p", {}, plain(text.text));
}

const optionWords = (option) => el("span", { class: "option-words" }, el("span", {}, plain(option.text.text)),
  option.description ? el("span", { class: "option-note" }, plain(option.description.text)) : null);

// Each gives {node, value(), fill(value)}: the element to show, and what stands in it.
const FIELDS = {
  plain_text_input(element, props) {
    const tag = element.multiline ? "textarea" : "input";
    const node = el(tag, { ...props, type: element.multiline ? null : "text", rows: element.multiline ? "4" : null, placeholder: element.placeholder?.text, maxlength: element.max_length });
    node.value = element.initial_value ?? "";
    return { node, value: () => node.value, fill: (value) => { node.value = value; } };
  },
  number_input(element, props) {
    const node = el("input", { ...props, type: "text", inputmode: element.is_decimal_allowed ? "decimal" : "numeric", placeholder: element.placeholder?.text });
    node.value = element.initial_value ?? "";
    return { node, value: () => node.value.trim(), fill: (value) => { node.value = value; } };
  },
  static_select(element, props) {
    const node = el("select", props, el("option", { value: "", text: element.placeholder?.text ?? "Choose…" }),
      element.options.map((option) => el("option", { value: option.value, text: option.text.text, selected: option.value === element.initial_option?.value })));
    return { node, value: () => node.value || null, fill: (value) => { node.value = value ?? ""; } };
  },
  radio_buttons: (element, props) => boxes(element, props, "radio", [element.initial_option?.value]),
  checkboxes: (element, props) => boxes(element, props, "checkbox", (element.initial_options ?? []).map(({ value }) => value)),
};

function boxes(element, props, type, chosen) {
  const name = `choice-${++number}`;
  const inputs = element.options.map((option) => el("input", { type, name, value: option.value, checked: chosen.includes(option.value) }));
  const node = el("div", { ...props, class: "boxes", role: type === "radio" ? "radiogroup" : "group" },
    element.options.map((option, i) => el("label", { class: "box" }, inputs[i], optionWords(option))));
  const value = () => {
    const picked = inputs.filter(({ checked }) => checked).map((input) => input.value);
    return type === "radio" ? picked[0] ?? null : picked;
  };
  const fill = (wanted) => inputs.forEach((input) => { input.checked = [wanted].flat().includes(input.value); });
  return { node, value, fill };
}

// An `input` block: label, field, hint, and room for what is wrong with it.
export function field(block) {
  const id = `field-${++number}`;
  const grouped = ["radio_buttons", "checkboxes"].includes(block.element.type);
  const drawn = FIELDS[block.element.type](block.element, {
    id, class: "input", "aria-describedby": `${id}-hint ${id}-error`, data: { action: block.element.action_id },
    ...(grouped ? { "aria-labelledby": `${id}-label` } : {}),
  });
  const error = el("p", { id: `${id}-error`, class: "field-error", role: "alert", hidden: true });
  const label = el(grouped ? "span" : "label", { id: `${id}-label`, class: "field-label", for: grouped ? null : id },
    plain(block.label.text), block.optional ? el("span", { class: "optional", text: " (optional)" }) : null);
  const hint = el("p", { id: `${id}-hint`, class: "field-hint" }, block.hint ? plain(block.hint.text) : "");
  const control = grouped ? drawn.node.querySelector("input") : drawn.node;
  return {
    node: el("div", { class: "form-field", data: { block: block.block_id } }, label, drawn.node, hint, error),
    action: block.element.action_id,
    value: drawn.value,
    fill: drawn.fill,
    complain(text) {
      error.textContent = text;
      error.hidden = !text;
      drawn.node.toggleAttribute("data-wrong", Boolean(text));
      if (!grouped) control.setAttribute("aria-invalid", String(Boolean(text)));
    },
    focus: () => control.focus(),
  };
}

// Something to choose from among buttons: each choice goes to the app at once.
export function chooser(element, press) {
  if (element.type === "overflow") return overflow(element, press);
  const { node, value } = FIELDS[element.type](element, { class: "input", data: { action: element.action_id }, "aria-label": element.placeholder?.text ?? "Choose" });
  node.addEventListener("change", () => press(value()));
  return node;
}

function overflow(element, press) {
  const entries = element.options.map((option) => ({ label: option.text.text, note: option.description?.text, act: () => press(option.value) }));
  return el("button", {
    type: "button", class: "button more", "aria-label": "More actions", "aria-haspopup": "menu", "aria-expanded": "false", data: { action: element.action_id },
    on: { click: (event) => openMenu(event.currentTarget, "More actions", entries) },
  }, icon("more"));
}

export const isChoice = ({ type }) => type === "overflow" || Object.hasOwn(FIELDS, type);
