import * as ws from "toolkit/ws";
import { type FromServer, parse, type Said } from "./protocol.js";

interface Guest {
  readonly name: string;
  readonly room: string;
}

const keptMessages = 50;
const keptRooms = 100;

/** Rooms in which guests talk. The hub knows who is where, and sends each message to all in a room. */
export class Chat {
  readonly #hub = new ws.Hub({ onSlow: "close" }); // who reads too slowly is sent away: the page connects again
  readonly #guests = new Map<ws.Conn, Guest>();
  readonly #histories = new Map<string, Said[]>();

  /** Serves one guest until the connection ends. */
  async serve(conn: ws.Conn): Promise<void> {
    try {
      for await (const message of conn) await this.#take(conn, message.text());
    } catch (err) {
      // The guest is gone already, or did not speak our protocol and is told so.
      conn.close(ws.ClosePolicyViolation, err instanceof SyntaxError ? err.message : "");
    } finally {
      this.#leave(conn);
    }
  }

  async #take(conn: ws.Conn, json: string): Promise<void> {
    const message = parse(json);
    const guest = this.#guests.get(conn);
    if (message.type === "join") await this.#join(conn, { room: message.room, name: message.name });
    else if (guest === undefined) await send(conn, { type: "refused", why: "Join a room first." });
    else this.#say(guest, message.text);
  }

  async #join(conn: ws.Conn, guest: Guest): Promise<void> {
    const { room, name } = guest;
    const isTaken = this.#hub.members(room).some((other) => other !== conn && this.#guests.get(other)?.name === name);
    if (isTaken) return send(conn, { type: "refused", why: `${name} is in ${room} already: pick another name.` });
    this.#leave(conn);
    this.#guests.set(conn, guest);
    this.#hub.join(room, conn);
    const names = this.#names(room);
    this.#tell(room, { type: "joined", name, names }, conn); // the others; the guest gets a welcome
    await send(conn, { type: "welcome", room, name, names, history: this.#histories.get(room) ?? [] });
  }

  #say({ room, name }: Guest, text: string): void {
    const said: Said = { type: "said", name, text, at: Date.now() };
    const history = [...(this.#histories.get(room) ?? []), said].slice(-keptMessages);
    this.#histories.delete(room); // so that the room that was silent longest is the first
    this.#histories.set(room, history);
    const [silent] = this.#histories.keys();
    if (this.#histories.size > keptRooms && silent !== undefined) this.#histories.delete(silent);
    this.#tell(room, said);
  }

  #leave(conn: ws.Conn): void {
    const guest = this.#guests.get(conn);
    if (guest === undefined) return;
    this.#guests.delete(conn);
    this.#hub.leave(guest.room, conn);
    this.#tell(guest.room, { type: "left", name: guest.name, names: this.#names(guest.room) });
  }

  #names(room: string): string[] {
    return this.#hub.members(room).flatMap((conn) => this.#guests.get(conn)?.name ?? []);
  }

  #tell(room: string, message: FromServer, except?: ws.Conn): void {
    this.#hub.broadcast(room, ws.TextMessage, JSON.stringify(message), { except });
  }
}

function send(conn: ws.Conn, message: FromServer): Promise<void> {
  return conn.writeJSON(message);
}
