// The developer's drawer: what goes wrong on the wire, on demand.

import { arrange, byId, el, toast } from "./dom.js";
import { sentence } from "./refusals.js";
import { ask, tell } from "./server.js";

const METHODS = ["*", "chat.postMessage", "chat.update", "chat.postEphemeral", "views.open", "views.publish", "conversations.history", "conversations.replies", "conversations.info", "conversations.members", "users.info", "auth.test"];
const FAULTS = [
  ["429", "429 with Retry-After: 2"], ["500", "500"], ["html", "an HTML page"], ["broken_json", "broken JSON"],
  ["drop_before", "connection lost before the call"], ["drop_after", "connection lost after the call"],
  ["unknown_method", "unknown_method"], ["internal_error", "internal_error"], ["not_in_channel", "not_in_channel"],
  ["invalid_blocks", "invalid_blocks"], ["is_archived", "is_archived"],
];

export class Developer {
  constructor() {
    this.node = byId("developer");
    byId("open-developer").addEventListener("click", () => this.open());
    byId("close-developer").addEventListener("click", () => this.node.close());
    byId("fault-method").replaceChildren(...METHODS.map((name) => el("option", { value: name, text: name === "*" ? "any method" : name })));
    byId("fault-kind").replaceChildren(...FAULTS.map(([value, text]) => el("option", { value, text })));
    for (const name of ["rate_limits", "offline", "lose"]) this.onSwitch(name, (on) => tell("settings", { [name]: on }));
    for (const name of ["socket_mode", "agent"]) this.onSwitch(name, (on) => tell("app", { [name]: on }));
    this.onClick("plan-fault", async () => {
      await tell("faults", { method: byId("fault-method").value, fault: byId("fault-kind").value, times: byId("fault-times").valueAsNumber || 1 });
      await this.look();
    });
    this.onClick("redeliver", async () => {
      const { ok, error } = await tell("redeliver");
      toast(ok ? "Delivered once more." : `The delivery failed: ${error}`);
    });
    this.onClick("hurry", async () => { toast(`Events tried now: ${(await tell("hurry")).events}`); });
    this.onClick("disconnect", async () => { toast(`Sockets asked to close: ${(await tell("sockets", { do: "disconnect" })).connections}`); });
  }

  settings(settings) {
    for (const [name, on] of Object.entries(settings)) if (this.box(name)) this.box(name).checked = on;
  }

  box(name) { return byId(name.replace("_", "-")); }

  onSwitch(name, act) {
    this.box(name).addEventListener("change", (event) => this.trying(() => act(event.target.checked)));
  }

  onClick(id, act) { byId(id).addEventListener("click", () => this.trying(act)); }

  async trying(act) {
    try { await act(); } catch (error) { toast(sentence(error)); }
  }

  async open() {
    await this.trying(() => this.look());
    this.node.showModal();
  }

  async look() {
    const [bot, faults, app] = await Promise.all([ask("bot"), ask("faults"), tell("app")]);
    this.settings(app);
    const { sockets, waiting } = bot;
    byId("wire-state").textContent = [
      sockets ? `Socket Mode: ${sockets} ${sockets === 1 ? "connection" : "connections"} open.` : "Deliveries go by HTTP: no socket is open.",
      waiting ? `${waiting} events wait for their next try.` : "",
    ].join(" ").trim();
    arrange(byId("faults"), Object.entries(faults).map(([method, { fault, times }]) => el("li", {},
      el("code", { text: method === "*" ? "any method" : method }), ` ${fault}, ${times}× `,
      el("button", { type: "button", class: "as-link", text: "Take back", on: { click: () => this.trying(async () => { await tell("faults", { method, fault: "" }); await this.look(); }) } }))));
  }
}
