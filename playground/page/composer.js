// The message field: sends on Enter, completes commands, people and channels, shows a command's usage, takes files.

import { Attaching } from "./attaching.js";
import { arrange, el, icon, toast } from "./dom.js";
import { names } from "./names.js";
import { sentence } from "./refusals.js";

const CHOICES_MOST = 8;
let number = 0;

export class Composer {
  constructor(node, { id, label, commands, send, extra = null }) {
    this.commands = commands;
    this.send = send;
    this.choices = [];
    this.chosen = 0;
    this.listId = `choices-${++number}`;
    this.list = el("div", { id: this.listId, class: "choices", role: "listbox", "aria-label": "Suggestions", hidden: true });
    this.usage = el("p", { class: "usage", "aria-live": "polite" });
    this.input = el("textarea", {
      id, rows: "1", placeholder: label, "aria-label": label, role: "combobox", "aria-autocomplete": "list",
      "aria-expanded": "false", "aria-controls": this.listId, autocomplete: "off", maxlength: "12000",
      on: {
        input: () => this.changed(),
        keydown: (event) => this.key(event),
        blur: () => setTimeout(() => this.close(), 150),
        click: () => this.changed(),
      },
    });
    this.button = el("button", { type: "submit", class: "send", "aria-label": "Send", title: "Send (Enter)", disabled: true }, icon("send"));
    this.attaching = new Attaching({ zone: node.closest(".main, .thread"), field: this.input, allowed: () => !this.form.hidden, changed: () => this.ready() });
    const { chips, chooser, button, trouble } = this.attaching;
    this.form = el("form", { class: "field", on: { submit: (event) => { event.preventDefault(); this.submit(); } } }, chips, chooser, button, this.input, this.button);
    this.closed = el("p", { class: "closed", hidden: true });
    node.replaceChildren(this.list, this.form, this.closed, trouble, el("div", { class: "below" }, extra, this.usage));
  }

  // Say why nobody can write here, with something to do about it; nothing opens the field again.
  bar(...reason) {
    this.closed.replaceChildren(...reason);
    this.closed.hidden = !reason.length;
    this.form.hidden = Boolean(reason.length);
  }

  label(text) {
    this.input.placeholder = text;
    this.input.setAttribute("aria-label", text);
  }

  ready() { this.button.disabled = !this.input.value.trim() && !this.attaching.files.length; }

  changed() {
    this.ready();
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 200)}px`;
    this.suggest();
    const [word] = this.input.value.split(/\s/, 1);
    const command = this.input.value.includes(" ") && this.commands().find(({ name }) => name === word);
    this.usage.replaceChildren(...(command ? [el("code", { text: `${command.name} ${command.usage}` }), ` ${command.description}`] : []));
  }

  suggest() {
    const before = this.input.value.slice(0, this.input.selectionStart);
    const command = /^\/\S*$/.exec(before);
    const name = /(?:^|\s)([@#])([\w.-]*)$/.exec(before);
    this.from = command ? 0 : before.length - (name ? name[2].length + 1 : 0);
    this.choices = command ? this.matchingCommands(before) : name ? matchingNames(name[1], name[2].toLowerCase()) : [];
    this.chosen = 0;
    this.drawChoices();
  }

  matchingCommands(typed) {
    return this.commands().filter(({ name }) => name.startsWith(typed))
      .map(({ name, usage, description }) => ({ insert: name, title: name, hint: usage, note: description }));
  }

  drawChoices() {
    arrange(this.list, this.choices.map((choice, i) => el("div", {
      id: `${this.listId}-${i}`, role: "option", class: "choice", "aria-selected": String(i === this.chosen),
      on: { mousedown: (event) => { event.preventDefault(); this.take(i); } },
    }, el("strong", { text: choice.title }), el("code", { text: choice.hint }), el("span", { text: choice.note }))));
    const open = this.choices.length > 0;
    this.list.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
    if (open) this.input.setAttribute("aria-activedescendant", `${this.listId}-${this.chosen}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  take(i) {
    const { insert } = this.choices[i];
    const after = this.input.value.slice(this.input.selectionStart);
    this.input.value = `${this.input.value.slice(0, this.from)}${insert} ${after.trimStart()}`;
    const caret = this.from + insert.length + 1;
    this.input.setSelectionRange(caret, caret);
    this.input.focus();
    this.changed();
  }

  close() {
    this.choices = [];
    this.drawChoices();
  }

  key(event) {
    if (event.isComposing) return;
    if (this.choices.length && this.keyInChoices(event)) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    }
  }

  keyInChoices(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.chosen = (this.chosen + step + this.choices.length) % this.choices.length;
      this.drawChoices();
      return true;
    }
    if (event.key === "Escape") { this.close(); return true; }
    const send = event.key === "Enter" && (event.shiftKey || this.isWhole());
    if (["Tab", "Enter"].includes(event.key) && !send) { this.take(this.chosen); return true; }
    return false;
  }

  // Whether a name is already typed out, so that Enter means "send" and not "complete".
  isWhole() {
    const typed = this.input.value.slice(this.from, this.input.selectionStart).toLowerCase();
    return this.choices.some(({ insert }) => insert === typed || insert.startsWith(`${typed}.`));
  }

  async submit() {
    const text = this.input.value;
    if (this.button.disabled) return;
    if (text.startsWith("/") && this.attaching.files.length) {
      this.attaching.say("A command takes no files: share them first, then ask.");
      return;
    }
    this.close();
    this.input.value = "";
    const files = this.attaching.take();
    this.changed();
    try {
      await this.send(text, files);
    } catch (error) {
      if (!this.input.value) { this.input.value = text; this.changed(); }
      this.attaching.add(files);
      toast(`Not sent. ${sentence(error)}`);
    }
  }
}

function matchingNames(kind, typed) {
  const found = kind === "#"
    ? names.channels.filter(({ name, kind: what }) => what !== "dm" && name.startsWith(typed)).map(({ name, topic }) => ({ insert: `#${name}`, title: `#${name}`, hint: "", note: topic }))
    : Object.values(names.people).filter(({ name }) => name.toLowerCase().split(/\s+/).some((word) => word.startsWith(typed)))
      .map(({ name, title, handle }) => ({ insert: `@${handle}`, title: name, hint: "", note: title }));
  return found.slice(0, CHOICES_MOST);
}
