// The app's own tabs in its direct messages: Home, which the app draws, and Messages.

import { drawBlocks } from "./blocks.js";
import { byId, el, toast } from "./dom.js";
import { sentence } from "./refusals.js";
import { tell } from "./server.js";

export class AppTabs {
  // *me* gives the acting person; *shown* is called when the other tab is in front.
  constructor({ me, shown }) {
    this.me = me;
    this.shown = shown;
    this.tab = "messages";
    this.changes = 0;
    for (const name of ["home", "messages"]) byId(`tab-${name}`).addEventListener("click", () => this.open(name));
    byId("app-tabs").addEventListener("keydown", (event) => this.walk(event));
  }

  // Whether the channel in front is the app's own; the tabs stand there only.
  arrive(isApp) {
    byId("app-tabs").hidden = !isApp;
    if (!isApp) this.front("messages");
  }

  front(tab) {
    this.tab = tab;
    for (const name of ["home", "messages"]) {
      byId(`tab-${name}`).setAttribute("aria-selected", String(name === tab));
      byId(`tab-${name}`).tabIndex = name === tab ? 0 : -1;
    }
    byId("home").hidden = tab !== "home";
    byId("messages").hidden = tab === "home";
    this.shown(tab);
  }

  // The app hears of every look at a tab, and may draw it then.
  async open(tab) {
    this.front(tab);
    const since = ++this.changes;
    try {
      const { view } = await tell("tab", { as: this.me(), tab });
      if (tab === "home" && this.changes === since) this.draw(view); // else a newer one is there
    } catch (error) { toast(sentence(error)); }
  }

  draw(view) {
    this.changes++;
    if (!view) {
      byId("home-body").replaceChildren(el("p", { class: "empty", text: "The app has not drawn its Home yet." }));
      return;
    }
    const press = async (block, action, value) => {
      try {
        await tell("press-view", { as: this.me(), view: view.id, block_id: block, action_id: action, value });
      } catch (error) { toast(sentence(error)); }
    };
    byId("home-body").replaceChildren(drawBlocks(view.blocks, { ts: view.id, press }));
  }

  walk(event) {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const other = this.tab === "home" ? "messages" : "home";
    event.preventDefault();
    byId(`tab-${other}`).focus();
    this.open(other);
  }
}
