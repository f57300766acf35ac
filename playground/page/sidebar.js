// The list of channels and direct messages, with what is unread.

import { arrange, el, icon } from "./dom.js";
import { avatar } from "./message.js";
import { names } from "./names.js";

const KEY = "playground.read";

// How far each person has read, kept in this browser. What was there at their first visit counts as
// read; what appears later does not.
export class Read {
  constructor() {
    try { this.marks = JSON.parse(localStorage.getItem(KEY)) ?? {}; } catch { this.marks = {}; }
  }

  meet(person, channels) {
    if (Object.keys(this.marks).some((key) => key.startsWith(`${person}/`))) return;
    for (const { id, newest } of channels) this.mark(person, id, newest ?? "");
  }

  mark(person, channel, ts) {
    const key = `${person}/${channel}`;
    if (this.marks[key] >= ts) return;
    this.marks[key] = ts;
    localStorage.setItem(KEY, JSON.stringify(this.marks));
  }

  isUnread(person, { id, newest, member }) {
    return Boolean(member && newest && (this.marks[`${person}/${id}`] ?? "") < newest);
  }

  forget() {
    this.marks = {};
    localStorage.removeItem(KEY);
  }
}

function entry(label, mark, { current, unread, dim, open }) {
  const look = ["place", unread && "unread", dim && "dim"].filter(Boolean).join(" ");
  return el("li", {}, el("button", { type: "button", class: look, "aria-current": current ? "page" : null, on: { click: open } },
    mark, el("span", { class: "place-name", text: label }), unread ? el("span", { class: "dot", role: "img", "aria-label": "unread" }) : null));
}

const group = (title, entries) => el("section", {}, el("h2", { text: title }), el("ul", {}, entries));

export function drawPlaces(node, { me, bot, current, read, openChannel, openDirect }) {
  const rooms = names.channels.filter(({ kind }) => kind !== "dm");
  const inRoom = (room) => entry(room.name, icon(room.kind === "private" ? "lock" : "hash"), {
    current: room.id === current, unread: room.id !== current && read.isUnread(me, room), dim: !room.member, open: () => openChannel(room.id),
  });
  const withPerson = (id) => {
    const room = names.channels.find(({ kind, members }) => kind === "dm" && members.includes(id) && members.includes(me));
    return entry(names.person(id), avatar(id, true), {
      current: room?.id === current && Boolean(room), unread: room && room.id !== current && read.isUnread(me, room), open: () => openDirect(id),
    });
  };
  const talked = names.channels.filter(({ kind }) => kind === "dm").flatMap(({ members }) => members).filter((id) => id !== me && id !== bot);
  const groups = [group("Channels", rooms.map(inRoom))];
  if (talked.length) groups.push(group("Direct messages", talked.map(withPerson)));
  groups.push(group("Apps", [withPerson(bot)]));
  arrange(node, groups);
}
