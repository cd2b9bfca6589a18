import * as ws from "toolkit/ws";
import { unseal } from "./datagram.js";
import { type Game, join, leave, newGame, step } from "./game.js";
import { decodeInput, type Input, moveOf } from "./input.js";
import { closeCodes, type FromServer, parse } from "./protocol.js";
import { Seat } from "./seat.js";
import { encodeSnapshot, ticksPerSecond } from "./snapshot.js";

/** What a {@link Match} allows. */
export interface MatchLimits {
  /** How many may play. @default 16 */
  readonly maxPlayers?: number;
  /** How long a player may do nothing, in s. @default 60 */
  readonly idleSeconds?: number;
  /** A clock that is never set, in ms, to count messages by. @default performance.now */
  readonly now?: () => number;
}

/** A player to whom so many snapshots are under way gets no more; when some have arrived, it gets the newest. */
export const maxUnderWay = 10;

const room = "arena";
const joinWithinMs = 5000;

/** One game and those who play it: takes what they send, and sends them what becomes of it. */
export class Match {
  readonly #hub = new ws.Hub({ onSlow: "close", maxQueuedBytes: 65_536 }); // it takes a lot of names to get there
  readonly #seats = new Map<number, Seat>();
  readonly #maxPlayers: number;
  readonly #idleTicks: number;
  readonly #now: () => number;
  #game: Game;

  constructor(seed: number, limits: MatchLimits = {}) {
    const { maxPlayers = 16, idleSeconds = 60, now = () => performance.now() } = limits;
    this.#game = newGame(seed);
    this.#maxPlayers = maxPlayers;
    this.#now = now;
    this.#idleTicks = idleSeconds * ticksPerSecond;
  }

  /** Makes one step, and sends it: one message for all, made once. */
  tick(): void {
    const seats = [...this.#seats.values()];
    this.#game = step(this.#game, new Map(seats.map(({ id, input }) => [id, moveOf(input)])), 1 / ticksPerSecond);
    const { tick } = this.#game;
    for (const seat of seats) {
      if (tick - seat.activeAt > this.#idleTicks) seat.conn.close(closeCodes.idle, "You did not play for a while.");
    }
    const players = this.#game.players.map((player) => ({
      ...player,
      seq: this.#seats.get(player.id)?.input.seq ?? 0,
    }));
    const behind = seats.filter(({ underWay }) => underWay >= maxUnderWay);
    for (const seat of seats) if (!behind.includes(seat)) seat.send(tick);
    const snapshot = encodeSnapshot({ ...this.#game, players });
    this.#hub.broadcast(room, ws.BinaryMessage, snapshot, { except: behind.map(({ conn }) => conn) });
  }

  /** Serves one player until the connection ends. */
  async serve(conn: ws.Conn, udpPort: number): Promise<void> {
    let seat: Seat | null = null;
    try {
      seat = await this.#enter(conn, udpPort);
      for await (const message of conn) await this.#take(seat, message);
    } catch (err) {
      // The player is gone already, or did not speak our protocol and is told so.
      conn.close(ws.ClosePolicyViolation, err instanceof SyntaxError ? err.message : "");
    } finally {
      if (seat !== null) this.#leave(seat);
    }
  }

  /** Takes an input that came as a datagram; what is not signed by a player is nobody's. */
  takeDatagram(datagram: Uint8Array): void {
    const sent = unseal(datagram, (id) => this.#seats.get(id)?.key);
    const seat = sent === null ? undefined : this.#seats.get(sent.player);
    if (sent !== null && seat?.spend(this.#now()) === true) this.#steer(seat, sent.input);
  }

  async #enter(conn: ws.Conn, udpPort: number): Promise<Seat> {
    const message = parse((await conn.readMessage({ signal: AbortSignal.timeout(joinWithinMs) })).text());
    if (message.type !== "join") throw new SyntaxError("Join first");
    const id = this.#freeId();
    if (id === null) {
      conn.close(closeCodes.full, "All places are taken: come back later.");
      throw new Error("full");
    }
    const seat = new Seat(id, message.name, conn, this.#game.tick);
    this.#seats.set(id, seat);
    this.#game = join(this.#game, id);
    const key = Buffer.from(seat.key).toString("base64");
    void send(conn, { type: "welcome", id, name: seat.name, key, udpPort }).catch(() => {}); // its reads tell of an end
    this.#hub.join(room, conn);
    this.#tellNames();
    return seat;
  }

  async #take(seat: Seat, message: ws.Message): Promise<void> {
    if (!seat.spend(this.#now())) throw new SyntaxError("Too many messages");
    if (message.type === ws.BinaryMessage) return this.#steer(seat, decodeInput(message.data));
    const asked = parse(message.text());
    if (asked.type === "ping") await send(seat.conn, { type: "pong", at: asked.at });
  }

  /** The newest input counts; datagrams overtake each other. */
  #steer(seat: Seat, input: Input): void {
    seat.take(input, this.#game.tick);
  }

  #leave(seat: Seat): void {
    this.#seats.delete(seat.id);
    this.#hub.leave(room, seat.conn);
    this.#game = leave(this.#game, seat.id);
    this.#tellNames();
  }

  #tellNames(): void {
    const names = Object.fromEntries([...this.#seats.values()].map(({ id, name }) => [id, name]));
    this.#hub.broadcast(room, ws.TextMessage, JSON.stringify({ type: "names", names } satisfies FromServer));
  }

  #freeId(): number | null {
    for (let id = 0; id < this.#maxPlayers; id++) if (!this.#seats.has(id)) return id;
    return null;
  }
}

function send(conn: ws.Conn, message: FromServer): Promise<void> {
  return conn.writeJSON(message);
}
