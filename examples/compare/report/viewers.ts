import * as ws from "toolkit/ws";

/** How long a page may take for the last of the news, when the server stops. */
const graceMs = 1000;

/**
 * Those who look at something that changes. A message has all of it, so who is slow skips some: no viewer has more than
 * one message under way, and none holds up the others.
 */
export class Viewers implements AsyncDisposable {
  readonly #viewers = new Map<Viewer, Promise<void>>();
  #latest: string | null = null;

  add(conn: ws.Conn): void {
    const viewer = new Viewer(conn);
    const gone = viewer.run().finally(() => this.#viewers.delete(viewer));
    this.#viewers.set(viewer, gone);
    if (this.#latest !== null) viewer.show(this.#latest);
  }

  show(text: string): void {
    this.#latest = text;
    for (const viewer of this.#viewers.keys()) viewer.show(text);
  }

  /** Lets all have the latest, as long as they don't take too long for it, and says goodbye. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const viewer of this.#viewers.keys()) viewer.end();
    const timer = setTimeout(() => this.#viewers.forEach((_, viewer) => viewer.cut()), graceMs);
    await Promise.all(this.#viewers.values());
    clearTimeout(timer);
  }
}

class Viewer {
  readonly #conn: ws.Conn;
  #next: string | null = null;
  #isEnding = false;
  #wake = () => {};

  constructor(conn: ws.Conn) {
    this.#conn = conn;
  }

  show(text: string): void {
    this.#next = text;
    this.#wake();
  }

  /** Ends when the latest has gone out. */
  end(): void {
    this.#isEnding = true;
    this.#wake();
  }

  cut(): void {
    this.#conn.closeNow();
  }

  /** Writes until the end; never rejects. */
  async run(): Promise<void> {
    const read = this.#watch();
    try {
      while (await this.#hasNext()) {
        const text = this.#next ?? "";
        this.#next = null;
        await this.#conn.writeMessage(ws.TextMessage, text);
      }
    } catch {
      // The page has gone: nobody is left to be told.
    }
    this.#conn.close(ws.CloseGoingAway, "the run is over");
    await read;
    await this.#conn.closed;
  }

  /** Reads what is never sent, so that the page's end is noticed. */
  async #watch(): Promise<void> {
    await this.#conn.readMessage().catch(() => {});
    this.end();
  }

  async #hasNext(): Promise<boolean> {
    while (this.#next === null && !this.#isEnding) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#next !== null;
  }
}
