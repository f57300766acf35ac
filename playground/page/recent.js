// What the stream said of late. A page from the server is a snapshot: what was said while it was
// on its way is said once more when it has come.

const MOST = 200;

export class Recent {
  constructor() { this.said = []; }

  remember(event) {
    this.said.push({ event, at: performance.now() });
    if (this.said.length > MOST) this.said.shift();
  }

  since(moment) { return this.said.filter(({ at }) => at >= moment).map(({ event }) => event); }
}
