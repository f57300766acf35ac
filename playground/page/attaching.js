// Files that wait in a message field to be sent: chosen, dropped or pasted; shown as chips that can be taken away.

import { arrange, el, icon } from "./dom.js";
import { size } from "./files.js";

export const FILE_MOST = 10_000_000; // bytes
export const FILES_MOST = 10;

const key = (file) => `${file.name}\n${file.size}\n${file.lastModified}`;

export class Attaching {
  // *zone* is where files may be dropped; *allowed* says whether one may write here; *changed* hears of each change.
  constructor({ zone, field, allowed, changed }) {
    this.files = [];
    this.field = field;
    this.allowed = allowed;
    this.changed = changed;
    this.chooser = el("input", { type: "file", multiple: true, hidden: true, "aria-hidden": "true", tabindex: "-1", on: { change: () => this.chosen() } });
    this.button = el("button", { type: "button", class: "icon-button attach", "aria-label": "Attach files", title: "Attach files", on: { click: () => this.chooser.click() } }, icon("clip"));
    this.chips = el("ul", { class: "chips", "aria-label": "Files to send", "aria-live": "polite", "aria-relevant": "additions", hidden: true });
    this.trouble = el("p", { class: "field-error", role: "alert", hidden: true });
    field.addEventListener("paste", (event) => this.pasted(event));
    for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) zone.addEventListener(kind, (event) => this.dragged(event, zone));
  }

  chosen() {
    this.add([...this.chooser.files]);
    this.chooser.value = ""; // the same file can be chosen again
    this.field.focus();
  }

  // Words win: what was copied from a table is both words and a picture of them.
  pasted(event) {
    const { files, types } = event.clipboardData;
    if (!files.length || types.includes("text/plain")) return;
    event.preventDefault();
    this.add([...files]);
  }

  dragged(event, zone) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault(); // or the browser leaves the page for the file
    const open = this.allowed();
    event.dataTransfer.dropEffect = open ? "copy" : "none";
    const leaves = event.type === "drop" || (event.type === "dragleave" && !zone.contains(event.relatedTarget));
    zone.classList.toggle("dropping", open && !leaves);
    if (event.type === "drop" && open) this.dropped(event.dataTransfer);
  }

  dropped(transfer) {
    const entries = [...transfer.items].filter(({ kind }) => kind === "file");
    const folder = entries.some((item) => item.webkitGetAsEntry?.()?.isDirectory);
    this.add(entries.filter((item) => !item.webkitGetAsEntry?.()?.isDirectory).map((item) => item.getAsFile()), folder ? ["A folder cannot be shared, only files."] : []);
    this.field.focus();
  }

  add(files, troubles = []) {
    for (const file of files) {
      const trouble = this.refusal(file);
      if (trouble) troubles.push(trouble);
      else if (!this.files.some((known) => key(known) === key(file))) this.files.push(file);
    }
    this.say([...new Set(troubles)].join(" "));
    this.draw();
  }

  refusal({ name, size: bytes }) {
    if (!bytes) return `${name} is empty.`;
    if (bytes > FILE_MOST) return `${name} is too big: a file may have up to ${FILE_MOST / 1e6} MB.`;
    if (this.files.length >= FILES_MOST) return `A message may have up to ${FILES_MOST} files.`;
    return "";
  }

  remove(file) {
    const at = this.files.indexOf(file);
    this.files.splice(at, 1);
    this.say("");
    this.draw();
    (this.chips.children[Math.min(at, this.files.length - 1)]?.querySelector("button") ?? this.field).focus();
  }

  // All of them, to be sent.
  take() {
    const { files } = this;
    this.files = [];
    this.say("");
    this.draw();
    return files;
  }

  say(trouble) {
    this.trouble.textContent = trouble;
    this.trouble.hidden = !trouble;
  }

  draw() {
    const drawn = new Map([...this.chips.children].map((chip) => [chip.file, chip]));
    arrange(this.chips, this.files.map((file) => drawn.get(file) ?? this.chip(file)));
    this.chips.hidden = !this.files.length;
    this.changed();
  }

  chip(file) {
    const label = `Remove ${file.name}`;
    const chip = el("li", { class: "chip" }, icon("file"), el("span", { class: "chip-name", text: file.name, title: file.name }), el("span", { class: "file-size", text: size(file.size) }),
      el("button", { type: "button", class: "icon-button", "aria-label": label, title: label, on: { click: () => this.remove(file) } }, icon("close")));
    chip.file = file;
    return chip;
  }
}
