// A player's side of the connection, for the page and for the terminal.
import * as ws from "toolkit/ws";
import { encodeInput, type Input } from "./input.js";
import type { FromClient, FromServer, Welcome } from "./protocol.js";
import { decodeSnapshot, type Snapshot } from "./snapshot.js";

/** What a {@link Session} tells. */
export interface SessionEvents {
  /** Takes each snapshot. */
  readonly snapshot?: (snapshot: Snapshot) => void;
  /** Takes the names when somebody came or went. */
  readonly names?: (names: Readonly<Record<number, string>>) => void;
  /** Takes how long a message took there and back, in ms. */
  readonly ping?: (ms: number) => void;
}

const pingEveryMs = 1000;

/** Is one player's place in the game, from the welcome to the end of the connection. */
export class Session {
  readonly welcome: Welcome;
  readonly #conn: ws.Conn;
  #seq = 0;
  #seen = 0;
  #left = false;

  constructor(conn: ws.Conn, welcome: Welcome) {
    this.#conn = conn;
    this.welcome = welcome;
  }

  /** Makes the next input: it says which snapshot has arrived, too. */
  nextInput(x: number, y: number): Input {
    this.#seq++;
    return { seq: this.#seq, seen: this.#seen, x, y };
  }

  /** Sends an input over the WebSocket. If it cannot be sent, {@link Session.run} ends and tells why. */
  send(input: Input): void {
    this.#conn.writeMessage(ws.BinaryMessage, encodeInput(input)).catch(() => {});
  }

  /** Reads until we leave; rejects when the server does not let us play any more, or the connection breaks. */
  async run(events: SessionEvents): Promise<void> {
    const ask = () => write(this.#conn, { type: "ping", at: performance.now() }).catch(() => {});
    const clock = setInterval(() => void ask(), pingEveryMs);
    try {
      void ask();
      for await (const message of this.#conn) this.#take(message, events);
    } catch (err) {
      if (!this.#left) throw err;
    } finally {
      clearInterval(clock);
    }
  }

  /** Leaves the game. */
  leave(): void {
    this.#left = true;
    this.#conn.close();
  }

  #take(message: ws.Message, events: SessionEvents): void {
    if (message.type === ws.BinaryMessage) {
      const snapshot = decodeSnapshot(message.data);
      this.#seen = snapshot.tick;
      return events.snapshot?.(snapshot);
    }
    const told = message.json<FromServer>();
    if (told.type === "names") events.names?.(told.names);
    if (told.type === "pong") events.ping?.(performance.now() - told.at);
  }
}

/** Connects and asks to play. */
export async function join(url: string, name: string, signal?: AbortSignal): Promise<Session> {
  const conn = await ws.dial(url, { signal });
  try {
    await write(conn, { type: "join", name });
    return new Session(conn, await conn.readJSON<Welcome>({ signal })); // a welcome is always the first
  } catch (err) {
    conn.close();
    throw err;
  }
}

function write(conn: ws.Conn, message: FromClient): Promise<void> {
  return conn.writeJSON(message);
}
