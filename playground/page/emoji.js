// Shortcodes, and what to draw where the machine has no emoji font: the shortcode itself.

import { el } from "./dom.js";

const TABLE = {
  "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎", tada: "🎉", eyes: "👀", heart: "❤️", heart_eyes: "😍",
  joy: "😂", smile: "😄", smiley: "😃", grin: "😁", wink: "😉", blush: "😊", slightly_smiling_face: "🙂",
  slightly_frowning_face: "🙁", disappointed: "😞", cry: "😢", sob: "😭", thinking_face: "🤔", laughing: "😆",
  sweat_smile: "😅", upside_down_face: "🙃", stuck_out_tongue: "😛", sunglasses: "😎", confused: "😕", fire: "🔥",
  rocket: "🚀", sparkles: "✨", star: "⭐", clap: "👏", wave: "👋", pray: "🙏", raised_hands: "🙌", ok_hand: "👌",
  muscle: "💪", bulb: "💡", memo: "📝", mag: "🔍", mag_right: "🔎", link: "🔗", lock: "🔒", bell: "🔔", calendar: "📅", clock1: "🕐",
  hourglass: "⌛", hourglass_flowing_sand: "⏳", stopwatch: "⏱️", warning: "⚠️", x: "❌", no_entry: "⛔",
  no_entry_sign: "🚫", white_check_mark: "✅", heavy_check_mark: "✔️", ballot_box_with_check: "☑️", question: "❓",
  grey_question: "❔", exclamation: "❗", speech_balloon: "💬", scales: "⚖️", ballot_box_with_ballot: "🗳️",
  snowflake: "❄️", coffee: "☕", cake: "🍰", camera: "📷", robot_face: "🤖", brain: "🧠", bar_chart: "📊",
  point_right: "👉", arrow_right: "➡️", red_circle: "🔴", large_green_circle: "🟢", large_yellow_circle: "🟡",
  large_blue_circle: "🔵", white_circle: "⚪", black_circle: "⚫", one: "1️⃣", two: "2️⃣", three: "3️⃣", shrug: "🤷", black_right_pointing_double_triangle_with_vertical_bar: "⏭️",
};
// Characters that every text font has, for machines without colour emoji.
const PLAIN = {
  "👍": "+1", "✅": "✔", "✔️": "✔", "❌": "✘", "⚠️": "⚠", "❤️": "♥", "⭐": "★", "❄️": "❄", "⚖️": "⚖", "☕": "☕", "😂": ":’D", "😆": "xD", "😅": ":’)",
  "🙂": ":)", "😄": ":D", "😃": ":)", "😁": ":D", "😊": ":)", "😉": ";)", "🙁": ":(", "😞": ":(", "😢": ":’(", "😭": ":’(", "😕": ":/", "😛": ":P", "🙃": "(:",
  "😎": "B)", "😍": "♥", "✨": "✶", "🔥": "✶", "🔒": "⚿", "👎": "-1", "⏱️": "⏱", "🔔": "!", "⚫": "●", "👀": "◉◉", "🎉": "✶", "⏳": "⌛", "❓": "?", "❔": "?", "❗": "!", "🔴": "●", "🟢": "●", "🟡": "●", "🔵": "●", "⚪": "○",
  "🚫": "⊘", "⛔": "⊘", "💡": "✺", "👉": "☛", "➡️": "→", "📝": "✎", "🔍": "⌕", "🔎": "⌕", "🤷": "?", "⏭️": "»", "🗳️": "☑", "☑️": "☑",
};
const TONES = { "✅": "good", "✔️": "good", "☑️": "good", "❌": "bad", "🚫": "bad", "⛔": "bad", "🔴": "bad", "⚠️": "warn", "🟡": "warn", "🟢": "good", "💡": "warn", "❤️": "bad" };
const NAMES = Object.fromEntries(Object.entries(TABLE).map(([name, char]) => [char, name]).reverse());
const PICTURE = /(\p{Extended_Pictographic}(?:\uFE0F|\u200D\p{Extended_Pictographic}|[\u{1F3FB}-\u{1F3FF}])*)/u;

let font = null;
function hasEmojiFont() {
  if (font !== null) return font;
  const pen = Object.assign(document.createElement("canvas"), { width: 24, height: 24 }).getContext("2d", { willReadFrequently: true });
  pen.font = "18px sans-serif";
  pen.fillStyle = "#000";
  pen.fillText("🎉", 0, 19);
  const { data } = pen.getImageData(0, 0, 24, 24);
  font = false;
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] > 128 && Math.abs(data[i] - data[i + 2]) > 40) font = true;
  }
  return font;
}

function picture(char, name) {
  const known = Object.hasOwn(PLAIN, char) ? char : `${char}\uFE0F`;
  const shown = hasEmojiFont() ? char : PLAIN[known] ?? (name ? `:${name}:` : char);
  const tone = hasEmojiFont() ? "" : ` ${TONES[known] ?? ""}`;
  return el("span", { class: `emoji${tone}`.trim(), role: "img", "aria-label": name ?? "emoji", title: name ? `:${name}:` : null, text: shown });
}

// A shortcode as an element; what the table does not know stays as it was written.
export function emoji(name) {
  const char = Object.hasOwn(TABLE, name) ? TABLE[name] : null;
  return char ? picture(char, name) : document.createTextNode(`:${name}:`);
}

// Text with its emoji characters made into elements.
export function withPictures(text) {
  if (hasEmojiFont() || !PICTURE.test(text)) return [document.createTextNode(text)];
  return text.split(PICTURE).filter(Boolean).map((part) =>
    PICTURE.test(part) && !/^[©®™↔-⇿0-9#*]/.test(part) ? picture(part, NAMES[part] ?? NAMES[`${part}\uFE0F`]) : document.createTextNode(part));
}
