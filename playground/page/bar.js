// The bar above the messages: where one is, and who else is there.

import { byId, el, icon } from "./dom.js";
import { avatar } from "./message.js";
import { names } from "./names.js";

const FACES = 4;

export function titleOf(place, me) {
  if (place?.kind !== "dm") return place?.name ?? "Nothing to see";
  return names.person(place.members.find((id) => id !== me)) ?? "Direct message";
}

// Draws the bar of *place*, and gives what a message there is addressed to.
export function drawBar(place, me) {
  const title = titleOf(place, me);
  const direct = place?.kind === "dm";
  const mark = !place || direct ? null : icon(place.kind === "private" ? "lock" : "hash");
  byId("title").replaceChildren(...[mark, title].filter(Boolean));
  byId("topic").textContent = place?.topic ?? "";
  byId("thread-place").textContent = direct ? title : `#${title}`;
  document.title = `${title} – Playground`;
  const members = direct ? [] : place?.members ?? [];
  byId("crowd").replaceChildren(...members.slice(0, FACES).map((id) => avatar(id, true)), ...(members.length ? [el("span", { text: members.length, title: "members" })] : []));
  byId("crowd").setAttribute("aria-label", `${members.length} members`);
  return direct ? title : `#${title}`;
}

// The title and the words at the first message of a place.
export function beginning(place, me) {
  if (place.kind === "dm") return [titleOf(place, me), "Only the two of you can read this."];
  return [`#${place.name}`, place.kind === "private" ? "The beginning of this private channel." : "The beginning of this channel."];
}

export function drawActors(actors, me) {
  byId("acting").replaceChildren(...actors.map(({ id, role }) =>
    el("option", { value: id, selected: id === me, text: `${names.person(id)}${role === "member" ? "" : ` (${role})`}` })));
}
