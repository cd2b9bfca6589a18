import type { Bytes } from "../net/conn.js";
import type { Conn } from "./conn.js";
import { BinaryMessage, ClosePolicyViolation, TextMessage } from "./constants.js";
import { PreparedMessage } from "./prepared-message.js";
import { Room } from "./room.js";

/** Options of {@link Hub}. */
export interface HubOptions {
  /** What happens to a receiver that is too slow: it misses messages, or is closed with 1008. @default "drop" */
  onSlow?: "drop" | "close" | undefined;
  /** How many bytes may wait for a receiver; one for which more would wait is too slow. @default 1_048_576 */
  maxQueuedBytes?: number | undefined;
}

/** Options of {@link Hub.broadcast}. */
export interface BroadcastOptions {
  /** Who does not get it: the sender, as a rule. */
  except?: Conn | Iterable<Conn> | undefined;
}

const defaultMaxQueuedBytes = 1_048_576;

/**
 * Sends messages to many conns: to all members of a room. A message is framed once, and compressed once for each setting
 * of compression; those of one tick leave together, in one system call for each conn.
 *
 * A conn gets broadcasts, and what is written to it, in the order of the calls. It may be in any number of rooms, and
 * leaves all of them by itself when it closes; an empty room is forgotten.
 *
 * @example
 * ```ts
 * import * as ws from "toolkit/ws";
 *
 * const hub = new ws.Hub({ onSlow: "close" });
 * const listener = await ws.listen("127.0.0.1:0");
 * void (async () => {
 *   for await (const conn of listener) {
 *     hub.join("lobby", conn);
 *     void relay(conn).catch(() => {});
 *   }
 * })();
 * async function relay(conn: ws.Conn) {
 *   for await (const { type, data } of conn) hub.broadcast("lobby", type, data, { except: conn });
 * }
 *
 * const [alice, bob] = await Promise.all([ws.dial(`${listener.addr}`), ws.dial(`${listener.addr}`)]);
 * while (hub.size("lobby") < 2) await new Promise((resolve) => setTimeout(resolve, 1));
 * await alice.writeMessage(ws.TextMessage, "hello, all");
 * console.log((await bob.readMessage()).text()); // hello, all
 * alice.close();
 * bob.close();
 * listener.close();
 * ```
 */
export class Hub {
  /** What happens to a receiver that is too slow. */
  readonly onSlow: "drop" | "close";
  /** How many bytes may wait for a receiver. */
  readonly maxQueuedBytes: number;
  readonly #rooms = new Map<string, Room>();
  readonly #roomsOf = new Map<Conn, Set<string>>();
  /** The room whose messages of this tick wait to be sent together. */
  #pending: Room | null = null;
  #dropped = 0;

  constructor(options: HubOptions = {}) {
    this.onSlow = options.onSlow ?? "drop";
    this.maxQueuedBytes = options.maxQueuedBytes ?? defaultMaxQueuedBytes;
  }

  /** How many messages were not sent, so far, because a receiver was too slow. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Lets a conn into a room; once more does nothing. It gets what is broadcast from now on. */
  join(room: string, conn: Conn): void {
    let rooms = this.#roomsOf.get(conn);
    if (rooms === undefined) {
      rooms = new Set();
      this.#roomsOf.set(conn, rooms);
      void conn.closed.then(() => this.leaveAll(conn));
    }
    if (rooms.has(room)) return;
    rooms.add(room);
    this.#flush();
    this.#roomOf(room).add(conn);
  }

  /** Takes a conn out of a room. What was broadcast before still reaches it. */
  leave(room: string, conn: Conn): void {
    const rooms = this.#roomsOf.get(conn);
    if (rooms?.delete(room) !== true) return;
    this.#flush();
    const members = this.#rooms.get(room);
    members?.delete(conn);
    if (members?.size === 0) this.#rooms.delete(room);
  }

  /** Takes a conn out of all rooms. */
  leaveAll(conn: Conn): void {
    for (const room of this.#roomsOf.get(conn) ?? []) this.leave(room, conn);
    this.#roomsOf.delete(conn);
  }

  /** Tells how many conns are in a room. */
  size(room: string): number {
    return this.#rooms.get(room)?.size ?? 0;
  }

  /** Lists the rooms that somebody is in. */
  rooms(): string[] {
    return [...this.#rooms.keys()];
  }

  /** Lists the conns in a room. */
  members(room: string): Conn[] {
    return [...(this.#rooms.get(room)?.conns() ?? [])];
  }

  /**
   * Sends a message to all in a room; the data is copied. Nothing is thrown for a receiver that is gone or too slow.
   * @throws {TypeError} when the type is neither text nor binary
   */
  broadcast(room: string, type: number, data: string | Bytes, options: BroadcastOptions = {}): void {
    if (type !== TextMessage && type !== BinaryMessage) throw new TypeError("websocket: bad write message type");
    const members = this.#rooms.get(room);
    if (members === undefined) return;
    if (this.#pending !== members) this.#flush();
    if (!members.send(new PreparedMessage(type, data), setOf(options.except))) return;
    if (this.#pending === null) process.nextTick(this.#flush);
    this.#pending = members;
  }

  #roomOf(name: string): Room {
    let room = this.#rooms.get(name);
    if (room === undefined) {
      room = new Room({
        maxQueuedBytes: this.maxQueuedBytes,
        flush: this.#flush,
        slow: (conn, messages) => this.#onSlowConn(conn, messages),
      });
      this.#rooms.set(name, room);
    }
    return room;
  }

  #onSlowConn(conn: Conn, messages: number): void {
    this.#dropped += messages;
    if (this.onSlow === "close") conn.close(ClosePolicyViolation, "too slow");
  }

  readonly #flush = (): void => {
    const pending = this.#pending;
    this.#pending = null;
    pending?.flush();
  };
}

const none: ReadonlySet<Conn> = new Set();

function setOf(conns: Conn | Iterable<Conn> | undefined): ReadonlySet<Conn> {
  if (conns === undefined) return none;
  return new Set(Symbol.iterator in conns ? conns : [conns]);
}
