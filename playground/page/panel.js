// The foot of the sidebar and the drawer: the bot's health, switches, theme.

import { confirmed } from "./blocks.js";
import { byId, icon } from "./dom.js";
import { ask } from "./server.js";

const THEME = "playground.theme";
const LOOK_EVERY = 5000;

export function setUpPanel({ reset }) {
  setUpTheme();
  const closeDrawer = setUpDrawer();
  byId("reset").addEventListener("click", async () => {
    const sure = await confirmed({
      title: { text: "Start over?" }, confirm: { text: "Start over" }, style: "danger",
      text: { type: "plain_text", text: "Every message since the start goes away, for everybody." },
    });
    if (sure) reset();
  });
  const lookAtBot = async () => {
    if (document.visibilityState !== "visible") return;
    try { showBot((await ask("bot")).online ? "online" : "offline"); } catch { showBot("lost"); }
  };
  lookAtBot();
  setInterval(lookAtBot, LOOK_EVERY);
  return { closeDrawer, connected: (up) => (up ? lookAtBot() : showBot("lost")) };
}

const WORDS = { online: "Quorum is online", offline: "Quorum is not running", lost: "Reconnecting…" };

function showBot(what) {
  const node = byId("bot-state");
  if (node.dataset.state === what) return;
  node.dataset.state = what;
  node.querySelector(".words").textContent = WORDS[what];
}

function setUpTheme() {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const chosen = localStorage.getItem(THEME);
  const apply = (theme) => {
    root.dataset.theme = theme;
    byId("theme").textContent = theme === "dark" ? "Light" : "Dark";
    byId("theme").setAttribute("aria-label", `Switch to ${theme === "dark" ? "light" : "dark"} colours`);
  };
  apply(chosen ?? (dark.matches ? "dark" : "light"));
  dark.addEventListener("change", () => { if (!localStorage.getItem(THEME)) apply(dark.matches ? "dark" : "light"); });
  byId("theme").addEventListener("click", () => {
    const theme = root.dataset.theme === "dark" ? "light" : "dark";
    localStorage.setItem(THEME, theme);
    apply(theme);
  });
}

function setUpDrawer() {
  const app = byId("app");
  const opener = byId("open-drawer");
  const isOpen = () => app.classList.contains("drawer-open");
  const set = (open) => {
    if (open === isOpen()) return;
    app.classList.toggle("drawer-open", open);
    byId("veil").hidden = !open;
    opener.setAttribute("aria-expanded", String(open));
    for (const behind of document.querySelectorAll(".main, .thread")) behind.inert = open;
    (open ? byId("acting") : opener).focus({ preventScroll: true });
  };
  opener.append(icon("menu"));
  opener.addEventListener("click", () => set(true));
  byId("veil").addEventListener("click", () => set(false));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !isOpen() || document.querySelector("dialog[open]")) return;
    event.preventDefault(); // one press does one thing
    set(false);
  });
  matchMedia("(max-width: 820px)").addEventListener("change", () => set(false));
  return () => set(false);
}
