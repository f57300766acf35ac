// The page: one acting person, one channel, perhaps one thread, kept true by the live stream.

import { drawAgent, notePrompts, noteWork } from "./agent.js";
import { beginning, drawActors, drawBar } from "./bar.js";
import { Composer } from "./composer.js";
import { Developer } from "./developer.js";
import { byId, el, icon, toast } from "./dom.js";
import { AppTabs } from "./home.js";
import * as links from "./links.js";
import { Log } from "./log.js";
import { Modal } from "./modal.js";
import { names } from "./names.js";
import { setUpPanel } from "./panel.js";
import { Recent } from "./recent.js";
import { sentence } from "./refusals.js";
import { ask, bring, fileAddress, Live, tell } from "./server.js";
import { drawPlaces, Read } from "./sidebar.js";
import { Whispers } from "./whispers.js";

const ACTING = "playground.as";

const state = { me: localStorage.getItem(ACTING) ?? "", bot: "", base: "", commands: [], shortcuts: [], actors: [], channel: null, thread: null };
const whispers = new Whispers();
const read = new Read();

const shared = {
  openThread: (ts, at) => openThread(ts, at),
  press: (ts, block, action, value) => done(tell("press", { ...where(), ts, block_id: block, action_id: action, value })),
  shortcuts: () => state.shortcuts,
  shortcut: ({ ts }, id) => done(tell("shortcut", { ...where(), ts, callback_id: id })),
  copyLink: (message) => links.copy(state.base, state.channel, message),
  fileAddress: (id) => fileAddress(state.me, id),
  fileText: (id) => done(ask("file-text", { as: state.me, id })),
  dismiss(ts) { forgetWhisper(ts); },
};
const log = new Log(byId("log"), shared, { more: (query) => ask("messages", where(query)), moved: () => settled() });
const threadLog = new Log(byId("thread-log"), { ...shared, inThread: true });

const modal = new Modal(() => state.me);
const developer = new Developer();
const tabs = new AppTabs({ me: () => state.me, shown: (tab) => { if (tab === "home") closeThread(); else log.toEnd(); } });

const composer = new Composer(byId("composer"), {
  id: "composer-input", label: "Message", commands: () => state.commands,
  send: (text, files) => Promise.all([toNewest(), say(text, files)]),
});
const alsoChannel = el("input", { type: "checkbox", id: "also-channel" });
const threadComposer = new Composer(byId("thread-composer"), {
  id: "thread-input", label: "Reply…", commands: () => state.commands,
  extra: el("label", { class: "also", for: "also-channel" }, alsoChannel, "Also send to the channel"),
  send: async (text, files) => {
    threadLog.toEnd();
    await say(text, files, { thread_ts: state.thread, broadcast: alsoChannel.checked });
    alsoChannel.checked = false;
  },
});

const where = (query = {}) => ({ as: state.me, channel: state.channel, ...query });

// The files go first; the person may be elsewhere by the time they are there.
async function say(text, files, more = {}) {
  const here = where(more);
  const ids = [];
  for (const file of files) ids.push(await bring(file, { as: here.as, channel: here.channel }));
  await tell("say", { ...here, text, files: ids });
}

async function done(promise) {
  try { return await promise; } catch (error) { toast(sentence(error)); return null; }
}

// State

async function readState() {
  const told = await ask("state", { as: state.me });
  Object.assign(state, { me: told.me, bot: told.bot, base: told.base, commands: told.commands, shortcuts: told.shortcuts, actors: told.actors });
  names.people = told.people;
  names.order = Object.keys(told.people);
  names.channels = told.channels;
  read.meet(state.me, told.channels);
  byId("team-name").textContent = told.team;
  developer.settings(told.settings);
  drawActors(state.actors, state.me);
  if (!names.place(state.channel)) state.channel = names.channels.find(({ member }) => member)?.id ?? null;
}

function drawSidebar() {
  drawPlaces(byId("places"), {
    me: state.me, bot: state.bot, current: state.channel, read,
    openChannel: (id) => openChannel(id),
    openDirect: async (other) => {
      const opened = await done(tell("direct", { as: state.me, with: other }));
      if (!opened) return;
      await readState();
      await openChannel(opened.channel);
    },
  });
}

// Channel and thread

function drawPlace() {
  const place = names.place(state.channel);
  const title = drawBar(place, state.me);
  composer.label(`Message ${title}`);
  if (place?.member) composer.bar();
  else if (place) composer.bar(`You are looking at ${title}. `, el("button", { type: "button", class: "button primary", text: "Join channel", on: { click: () => done(tell("join", where())) } }));
  drawWork();
}

// What the app suggests, and its Stop button, above both message fields.
function drawWork() {
  const place = names.place(state.channel);
  const hands = {
    say: (text) => done(tell("say", where({ text }))),
    stop: (ts) => done(tell("stop", where({ thread_ts: ts }))),
  };
  const { thread } = state;
  const working = place?.working ?? [];
  drawAgent(byId("work"), { ...hands, working: working.filter((ts) => ts !== thread), prompts: isApp(place) ? place.prompts : null });
  drawAgent(byId("thread-work"), { ...hands, working: working.filter((ts) => ts === thread), prompts: null });
}

const isApp = (place) => place?.kind === "dm" && place.members.includes(state.bot);

async function openChannel(id, { at = null, thread = null, path = `/archives/${id}` } = {}) {
  if (!names.place(id)) { toast("That channel does not exist, or is not for this person."); return; }
  const same = id === state.channel;
  state.channel = id;
  if (path !== location.pathname + location.search) history[location.pathname === "/" ? "replaceState" : "pushState"](null, "", path);
  panel.closeDrawer();
  if (!same) { closeThread(); log.clear(); }
  if (!same || !isApp(names.place(id))) arrive(names.place(id));
  drawPlace();
  const since = performance.now();
  const newest = () => done(ask("messages", where()));
  const page = at ? await done(ask("messages", where({ around: at }))) ?? await newest() : await newest();
  if (!page || state.channel !== id) return;
  log.beginning = beginning(names.place(id), state.me);
  log.setWhispers(whispers.of(id, null));
  log.show(page, page.target ?? null);
  sayAgain(since);
  if (page.thread ?? thread) await openThread(page.thread ?? thread, at);
  settled();
  drawSidebar();
}

// The app's own place has tabs, and the app hears that somebody looks at one.
function arrive(place) {
  tabs.arrive(isApp(place));
  if (isApp(place)) tabs.open("messages");
}

async function openThread(ts, at = null) {
  const since = performance.now();
  const { channel } = state;
  const page = await done(ask("thread", where({ ts })));
  if (!page || state.channel !== channel) return;
  const fresh = state.thread !== page.messages[0].ts;
  state.thread = page.messages[0].ts;
  byId("thread").hidden = false;
  byId("app").classList.add("thread-open");
  if (fresh) threadLog.clear();
  threadLog.setWhispers(whispers.of(channel, state.thread));
  threadLog.show(page, at && at !== state.thread ? at : null);
  sayAgain(since);
  const member = names.place(state.channel)?.member;
  threadComposer.bar(...(member ? [] : ["Join the channel to reply."]));
  drawWork();
  if (fresh && member && !at && matchMedia("(min-width: 900px)").matches) threadComposer.input.focus({ preventScroll: true });
}

function closeThread() {
  if (!state.thread) return;
  const root = state.thread;
  state.thread = null;
  byId("thread").hidden = true;
  byId("app").classList.remove("thread-open");
  drawWork();
  (log.row(root) ?? log.node).focus({ preventScroll: true });
}

// What is on the screen has been read; the button to the end shows when the end is far.
function settled() {
  const away = log.newer || log.node.scrollHeight - log.node.scrollTop - log.node.clientHeight > 600;
  byId("to-latest").hidden = !away;
  const place = names.place(state.channel);
  if (place && log.atEnd() && document.visibilityState === "visible") read.mark(state.me, place.id, place.newest ?? "");
}

const toNewest = () => (log.newer ? openChannel(state.channel) : log.toEnd());

function drawWhispers() {
  log.setWhispers(whispers.of(state.channel, null));
  if (state.thread) threadLog.setWhispers(whispers.of(state.channel, state.thread));
}

function forgetWhisper(ts) {
  whispers.forget(ts);
  drawWhispers();
}

// Live

const recent = new Recent();
const sayAgain = (since) => recent.since(since).forEach((event) => HEARD[event.kind](event));

const HEARD = {
  message({ channel, message, root }) {
    const inChannel = !message.thread_ts || message.thread_ts === message.ts || message.subtype === "thread_broadcast";
    const place = names.place(channel);
    if (!place) { refresh(); return; }
    if (inChannel && !(place.newest >= message.ts)) place.newest = message.ts;
    if (channel === state.channel) {
      if (inChannel) log.put(message);
      if (root && log.has(root.ts)) log.put(root);
      if (state.thread && [message.ts, message.thread_ts].includes(state.thread)) threadLog.put(message);
      if (root && state.thread === root.ts) threadLog.put(root);
      settled();
    }
    drawSidebar();
  },
  gone({ channel, ts }) {
    if (channel !== state.channel) return;
    log.remove(ts);
    if (state.thread) threadLog.remove(ts);
  },
  whisper({ channel, message }) {
    whispers.hear(channel, message);
    drawWhispers();
  },
  unwhisper({ ts }) { forgetWhisper(ts); },
  channels() { refresh(); },
  settings({ settings }) { developer.settings(settings); },
  modal({ view }) { modal.show(view); },
  unmodal({ id }) { modal.hide(id); },
  home({ view }) { if (tabs.tab === "home") tabs.draw(view); },
  session(event) {
    noteWork(names.place(event.channel), event);
    drawWork();
  },
  prompts(event) {
    notePrompts(names.place(event.channel), event);
    drawWork();
  },
  reset() {
    read.forget();
    whispers.clear();
    modal.dismiss();
    closeThread();
    refresh({ whole: true, toEnd: true });
  },
  resync() { refresh({ whole: true }); },
};

// Read everything anew that the stream may have missed, without moving a reader who is further up.
async function refresh({ whole = false, toEnd = log.atEnd() } = {}) {
  await readState();
  drawSidebar();
  drawPlace();
  if (!whole || !state.channel) return;
  const { channel, thread } = state;
  const path = links.read(new URL(location.href))?.channel === channel ? location.pathname + location.search : undefined;
  await openChannel(channel, { at: toEnd ? null : log.firstVisible(), path });
  if (thread && state.thread === thread) await openThread(thread);
}

const panel = setUpPanel({ reset: () => done(tell("reset")) });
let first = true;
const live = new Live(
  (event) => {
    if (["message", "gone"].includes(event.kind)) recent.remember(event);
    HEARD[event.kind]?.(event);
  },
  () => { panel.connected(true); if (!first) refresh({ whole: true }); first = false; },
  () => panel.connected(false),
);

// People's hands

async function jump({ file, channel, ...target }) {
  if (!file) { await openChannel(channel, target); return; }
  const place = await done(ask("file-place", { as: state.me, id: file }));
  if (place) await jump(links.read(new URL(place.permalink)));
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const url = link && new URL(link.href, location.href);
  const target = url && [location.origin, state.base.replace(/\/$/, "")].includes(url.origin) && links.read(url);
  if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  jump(target);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || !state.thread || document.querySelector("dialog[open]")) return;
  if (!event.target.closest("#log .message")) closeThread(); // there it leaves the message first
});
window.addEventListener("popstate", () => {
  const target = links.read(new URL(location.href));
  if (target) jump(target);
});
byId("acting").addEventListener("change", async (event) => {
  state.me = event.target.value;
  localStorage.setItem(ACTING, state.me);
  whispers.clear();
  closeThread();
  first = true;
  await live.follow(state.me);
  await readState();
  arrive(names.place(state.channel));
  log.clear(); // what is drawn there was for somebody else
  await openChannel(state.channel);
});
for (const id of ["close-thread", "modal-close", "close-developer"]) byId(id).append(icon("close"));
byId("close-thread").addEventListener("click", closeThread);
byId("to-latest").addEventListener("click", toNewest);

async function start() {
  await readState();
  await live.follow(state.me);
  const target = links.read(new URL(location.href));
  if (target) await jump(target);
  if (!log.messages.length && state.channel) await openChannel(state.channel);
  document.documentElement.dataset.ready = "yes";
}

start().catch((error) => toast(`The playground does not answer: ${error.message}`));
