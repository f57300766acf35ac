// Talks to the playground's server. Every change carries a header that no foreign page can send.

export class Refused extends Error {}

async function answer(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(body.error ?? `The playground answered ${response.status}.`);
  return body;
}

export async function ask(path, query = {}) {
  return answer(await fetch(`/playground/${path}?${new URLSearchParams(query)}`, { cache: "no-store" }));
}

export async function tell(path, body = {}) {
  return answer(await fetch(`/playground/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Playground": "1" },
    body: JSON.stringify(body),
  }));
}

// Brings one file, so that a message can name it; its id.
export async function bring(file, query) {
  const told = await answer(await fetch(`/playground/upload?${new URLSearchParams({ ...query, name: file.name })}`, {
    method: "POST",
    headers: { "Content-Type": "application/octet-stream", "X-Playground": "1" },
    body: file,
  }));
  return told.id;
}

export const fileAddress = (person, id) => `/playground/file?${new URLSearchParams({ as: person, id })}`;

// The live stream of one person. It reconnects by itself; *opened* is called each time it is up,
// because whatever was said in between has to be read anew.
export class Live {
  constructor(heard, opened, lost) {
    this.heard = heard;
    this.opened = opened;
    this.lost = lost;
    this.source = null;
  }

  // Resolves when the stream is up, or has failed once: what is read after that misses nothing.
  follow(person) {
    this.source?.close();
    return new Promise((resolve) => this.open(person, resolve));
  }

  open(person, settle) {
    const source = new EventSource(`/playground/events?${new URLSearchParams({ as: person })}`);
    source.onopen = () => { settle(); this.opened(); };
    source.onmessage = (event) => this.heard(JSON.parse(event.data));
    source.onerror = () => {
      settle();
      this.lost();
      if (source.readyState === EventSource.CLOSED) setTimeout(() => this.source === source && this.open(person, settle), 2000);
    };
    this.source = source;
  }
}
