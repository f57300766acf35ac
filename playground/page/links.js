// Slack's archive links: what they point to, and how to write them.

import { toast } from "./dom.js";

const ARCHIVE = /^\/archives\/([A-Z0-9]+)(?:\/p(\d{10})(\d{6}))?$/;

const FILE = /^\/files\/[A-Z0-9]+\/(F[A-Z0-9]+)(?:\/|$)/;

// {channel, at, thread, path} of an archive link, {file} of a file's, or null for any other address.
export function read(url) {
  const file = FILE.exec(url.pathname);
  if (file) return { file: file[1] };
  const hit = ARCHIVE.exec(url.pathname);
  if (!hit) return null;
  const [, channel, seconds, rest] = hit;
  return { channel, at: seconds ? `${seconds}.${rest}` : null, thread: url.searchParams.get("thread_ts"), path: url.pathname + url.search };
}

export function write(base, channel, { ts, thread_ts: thread }) {
  const query = thread && thread !== ts ? `?thread_ts=${thread}&cid=${channel}` : "";
  return `${base}archives/${channel}/p${ts.replace(".", "")}${query}`;
}

export async function copy(base, channel, message) {
  const link = write(base, channel, message);
  try {
    await navigator.clipboard.writeText(link);
    toast("Link copied");
  } catch {
    toast(link);
  }
}
