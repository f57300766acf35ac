// What one person alone was shown. It lives as long as this page: no history keeps it.

export class Whispers {
  constructor() { this.said = []; }

  hear(channel, message) {
    const at = this.said.findIndex((known) => known.message.ts === message.ts);
    if (at >= 0) this.said[at] = { channel, message };
    else this.said.push({ channel, message });
  }

  forget(ts) { this.said = this.said.filter(({ message }) => message.ts !== ts); }
  clear() { this.said = []; }

  // Those of a channel itself, or of one of its threads.
  of(channel, thread) {
    return this.said.filter((known) => known.channel === channel && (known.message.thread_ts ?? null) === thread)
      .map(({ message }) => message);
  }
}
