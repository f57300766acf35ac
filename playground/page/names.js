// Who and what the ids stand for, as the acting person may know it.

export const names = {
  people: {},
  order: [],
  channels: [],
  person(id) { return Object.hasOwn(this.people, id) ? this.people[id].name : undefined; },
  isBot(id) { return Object.hasOwn(this.people, id) && this.people[id].bot; },
  place(id) { return this.channels.find((channel) => channel.id === id); },
  channel(id) { return this.place(id)?.name || undefined; },
};

export function initials(name) {
  const words = name.split(/[\s._-]+/).filter(Boolean);
  return ((words[0]?.[0] ?? "?") + (words.length > 1 ? words.at(-1)[0] : "")).toUpperCase();
}

// One of eight colours, by the order in which people are listed: neighbours never look alike.
export const hue = (id) => `hue-${Math.max(0, names.order.indexOf(id)) % 8}`;
