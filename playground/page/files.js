// Files of a message: name, size and kind; what is in them as text, on request; the rest to be saved.

import { el, icon } from "./dom.js";

const UNITS = [[1e6, "MB"], [1e3, "KB"]];

export function size(bytes) {
  const [unit, name] = UNITS.find(([least]) => bytes >= least) ?? [1, "B"];
  return `${(bytes / unit).toFixed(unit > 1 && bytes < 10 * unit ? 1 : 0)} ${name}`;
}

// *context* has where a file is to be had (`address`) and who reads what is in it (`text`).
export function files(message, context) {
  if (!message.files?.length) return null;
  return el("div", { class: "files" }, message.files.map((file) => card(file, context)));
}

function card(file, context) {
  if (file.mode === "tombstone") return el("div", { class: "file gone" }, icon("file"), "This file is no longer kept.");
  const here = file.file_access !== "file_not_found";
  if (here && file.preview !== undefined) return unfolding(file, context);
  return el("div", { class: "file" }, el("div", { class: "file-row" }, ...head(file), here ? download(file, context) : el("span", { class: "file-note", text: "Not here" })));
}

const head = ({ title, name, size: bytes, pretty_type: kind }) => [
  icon("file"), el("span", { class: "file-name", text: title || name }),
  el("span", { class: "file-size", text: [title && title !== name ? name : "", kind, size(bytes ?? 0)].filter(Boolean).join(" · ") }),
];

const download = (file, context) => el("a", { class: "button small", href: context.fileAddress(file.id), download: file.name, "aria-label": `Download ${file.name}` }, "Download");

function unfolding(file, context) {
  const text = el("pre", { class: "file-text", tabindex: "0", text: file.preview });
  const foot = el("div", { class: "file-foot" }, el("span", { class: "file-note" }), download(file, context));
  const node = el("details", { class: "file" }, el("summary", { class: "file-row" }, ...head(file)), text, foot);
  if (file.preview_is_truncated) node.addEventListener("toggle", () => readOn(file, text, foot.firstChild, context), { once: true });
  return node;
}

async function readOn(file, text, note, context) {
  const told = await context.fileText(file.id);
  if (told) text.textContent = told.text;
  if (!told?.whole) note.textContent = "This is the beginning of the file.";
}
