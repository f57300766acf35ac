// The app as an agent in its direct messages: what it suggests to say, and a Stop button while it works.

import { arrange, el, icon } from "./dom.js";

// Above a message field: the app at work in the threads *working*, else what it suggests.
export function drawAgent(node, { working, prompts, say, stop }) {
  if (working.length) arrange(node, [atWork(working, stop)]);
  else arrange(node, prompts ? suggested(prompts, say) : []);
}

function atWork(threads, stop) {
  return el("div", { class: "at-work", role: "status" }, el("span", { class: "pulse", "aria-hidden": "true" }), el("span", { text: "Quorum is working…" }),
    el("button", { type: "button", class: "button small", on: { click: () => stop(threads.at(-1)) } }, icon("stop"), "Stop"));
}

function suggested({ title, prompts: offered }, say) {
  return [
    el("p", { class: "prompts-title", text: title || "Try one of these" }),
    el("div", { class: "prompts" }, offered.map(({ title: label, message }) => el("button", { type: "button", class: "button small", text: label, on: { click: () => say(message) } }))),
  ];
}

// What the live stream says of it, kept with the place.
export function noteWork(place, { thread_ts: thread, status }) {
  if (place) place.working = place.working.filter((ts) => ts !== thread).concat(status === "processing" ? [thread] : []);
}

export function notePrompts(place, { title, prompts: offered }) {
  if (place) place.prompts = { title, prompts: offered };
}
