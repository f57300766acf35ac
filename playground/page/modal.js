// A form that the app opened, in a dialog of the browser: it keeps the focus, Escape closes it.

import { drawBlocks } from "./blocks.js";
import { byId, toast } from "./dom.js";
import { sentence } from "./refusals.js";
import { tell } from "./server.js";

export class Modal {
  // *me* gives the acting person.
  constructor(me) {
    this.me = me;
    this.view = null;
    this.fields = new Map();
    this.node = byId("modal");
    byId("modal-form").addEventListener("submit", (event) => { event.preventDefault(); this.submit(); });
    byId("modal-cancel").addEventListener("click", () => this.dismiss());
    byId("modal-close").addEventListener("click", () => this.dismiss());
    this.node.addEventListener("cancel", (event) => { event.preventDefault(); this.dismiss(); });
  }

  // Show *view*. The same view again keeps what is already filled in under the same names.
  show(view) {
    const held = this.view?.id === view.id ? this.values() : {};
    this.view = view;
    this.fields.clear();
    byId("modal-title").textContent = view.title.text;
    const context = { ts: view.id, fields: this.fields, held, press: (block, action, value) => this.press(block, action, value) };
    byId("modal-body").replaceChildren(drawBlocks(view.blocks, context));
    byId("modal-error").hidden = true;
    byId("modal-submit").hidden = !view.submit;
    byId("modal-submit").textContent = view.submit?.text ?? "";
    byId("modal-cancel").textContent = view.close?.text ?? (view.submit ? "Cancel" : "Close");
    if (!this.node.open) this.node.showModal();
    (this.fields.values().next().value ?? { focus: () => byId("modal-cancel").focus() }).focus();
  }

  // The app, or another page of the same person, has closed it.
  hide(id) {
    if (this.view?.id !== id) return;
    this.view = null;
    this.fields.clear();
    this.node.close();
  }

  dismiss() {
    const { id } = this.view ?? {};
    if (!id) return;
    this.hide(id);
    tell("close", { as: this.me(), view: id }).catch(() => {}); // it may be gone already
  }

  values() {
    return Object.fromEntries([...this.fields].map(([block, field]) => [block, { [field.action]: field.value() }]));
  }

  async submit() {
    const button = byId("modal-submit");
    if (!this.view || button.disabled) return;
    const { id } = this.view;
    button.disabled = true;
    try {
      const { errors } = await tell("submit", { as: this.me(), view: id, values: this.values() });
      if (this.view?.id === id) this.complain(errors ?? {});
    } catch (error) {
      if (this.view?.id === id) this.complain({ "": sentence(error) });
    } finally {
      button.disabled = false;
    }
  }

  complain(errors) {
    for (const [block, field] of this.fields) field.complain(errors[block] ?? "");
    byId("modal-error").textContent = errors[""] ?? "";
    byId("modal-error").hidden = !errors[""];
    [...this.fields].find(([block]) => errors[block])?.[1].focus();
  }

  async press(block, action, value) {
    try {
      await tell("press-view", { as: this.me(), view: this.view.id, block_id: block, action_id: action, value });
    } catch (error) { toast(sentence(error)); }
  }
}
