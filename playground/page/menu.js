// A small menu at a button: arrows walk, Escape and a click elsewhere close it.

import { el } from "./dom.js";

let open = null;

export function closeMenu({ focus = true } = {}) {
  if (!open) return;
  const { node, opener, away } = open;
  open = null;
  node.remove();
  opener.setAttribute("aria-expanded", "false");
  document.removeEventListener("pointerdown", away, true);
  if (focus && opener.isConnected) opener.focus({ preventScroll: true });
}

// *entries* are {label, note?, act}. Inside a dialog the menu belongs to that dialog.
export function openMenu(opener, label, entries) {
  const again = open?.opener === opener;
  closeMenu();
  if (again) return;
  const choose = ({ act }) => { closeMenu(); act(); };
  const items = entries.map((entry) => el("button", { type: "button", role: "menuitem", tabindex: "-1", class: "menu-item", on: { click: () => choose(entry) } },
    el("span", { text: entry.label }), entry.note ? el("span", { class: "menu-note", text: entry.note }) : null));
  const node = el("div", { class: "menu", role: "menu", "aria-label": label, on: { keydown: (event) => walk(event, items) } }, items);
  (opener.closest("dialog") ?? document.body).append(node);
  place(node, opener);
  const away = (event) => { if (!node.contains(event.target) && !opener.contains(event.target)) closeMenu({ focus: false }); };
  document.addEventListener("pointerdown", away, true);
  opener.setAttribute("aria-expanded", "true");
  open = { node, opener, away };
  items[0]?.focus({ preventScroll: true });
}

function walk(event, items) {
  const here = items.indexOf(document.activeElement);
  const next = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: items.length - 1 }[event.key];
  if (next !== undefined) items[(next + items.length) % items.length].focus();
  else if (event.key === "Escape") closeMenu();
  else if (event.key === "Tab") { closeMenu({ focus: false }); return; }
  else return;
  event.preventDefault();
  event.stopPropagation(); // one press does one thing
}

function place(node, opener) {
  const at = opener.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = node;
  const below = at.bottom + height + 8 < innerHeight;
  node.style.left = `${Math.max(8, Math.min(at.right - width, innerWidth - width - 8))}px`;
  node.style.top = `${Math.max(8, below ? at.bottom + 4 : at.top - height - 4)}px`;
}
