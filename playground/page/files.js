// Files of a message: name and size, and what is in them as text, on request.

import { el, icon } from "./dom.js";

const SHOWN_MOST = 100_000; // characters

const size = (bytes) => (bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(bytes < 10_240 ? 1 : 0)} KB`);

export function files(message) {
  if (!message.files?.length) return null;
  return el("div", { class: "files" }, message.files.map(file));
}

function file({ title, name, size: bytes, preview = "" }) {
  const shown = preview.length > SHOWN_MOST ? `${preview.slice(0, SHOWN_MOST)}…` : preview;
  return el("details", { class: "file" },
    el("summary", {}, icon("file"), el("span", { class: "file-name", text: title || name }), el("span", { class: "file-size", text: `${name} · ${size(bytes ?? 0)}` })),
    el("pre", { class: "file-text", tabindex: "0", text: shown }));
}
