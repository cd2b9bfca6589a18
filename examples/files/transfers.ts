import * as ws from "toolkit/ws";
import { checkName } from "./file-name.js";
import { bufferBytes, hashFile, partsOf, sumOf } from "./hash-file.js";
import type { Part } from "./part.js";
import { type FromClient, type FromServer, maxControlBytes, parse } from "./protocol.js";
import { Refused } from "./refused.js";
import type { Store } from "./store.js";

const reportBytes = 1024 * 1024; // so often a client is told how much is stored
const patienceMs = 60_000; // so long a client may neither send nor take anything in the middle of a file

interface Upload {
  readonly conn: ws.Conn;
  readonly ended: Promise<void>;
}

/** Serves files over WebSocket: one after another on a connection, on any number of connections. */
export class Transfers {
  readonly #store: Store;
  readonly #uploads = new Map<string, Upload>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Serves one client until the connection ends. Never rejects. */
  async serve(conn: ws.Conn): Promise<void> {
    try {
      for (;;) await this.#answer(conn, await hear(conn));
    } catch (err) {
      // The client is gone already, or did not speak our protocol and is told so.
      conn.close(ws.ClosePolicyViolation, err instanceof SyntaxError ? err.message : "");
    }
  }

  async #answer(conn: ws.Conn, request: FromClient): Promise<void> {
    try {
      if (request.type === "list") await say(conn, { type: "files", files: await this.#store.list() });
      else if (request.type === "put") await this.#put(conn, request.name, request.size);
      else if (request.type === "get") await this.#send(conn, request);
      else throw new SyntaxError(`Unexpected message: ${request.type} comes too early`);
    } catch (err) {
      if (!(err instanceof Refused)) throw err;
      await say(conn, { type: "refused", why: err.message });
    }
  }

  /** Takes an upload. Who comes later goes on with it: the one before may be gone without our knowing. */
  async #put(conn: ws.Conn, named: string, size: number): Promise<void> {
    const name = checkName(named);
    for (let other = this.#uploads.get(name); other !== undefined; other = this.#uploads.get(name)) {
      other.conn.close(ws.ClosePolicyViolation, "another connection goes on with it");
      await other.ended;
    }
    const received = this.#store.withPart(name, size, async (part, finish) => {
      await receive(conn, part, size);
      const { sha256 } = await hearA(conn, "done");
      await finish(sha256);
    });
    this.#uploads.set(name, { conn, ended: received.catch(() => {}) });
    await received.finally(() => this.#uploads.delete(name));
    await say(conn, { type: "stored", size });
  }

  /** Sends a file, or the rest of it, as one message: nobody needs to hold it in memory, and none knows its end before. */
  async #send(conn: ws.Conn, { name, offset: wanted, sha256 }: Extract<FromClient, { type: "get" }>): Promise<void> {
    const file = await this.#store.openFile(name);
    try {
      const { size } = await file.stat();
      const begun = await hashFile(file, Math.min(wanted, size));
      const isSame = wanted <= size && sumOf(begun) === sha256;
      const [offset, hash] = isSame ? [wanted, begun] : [0, await hashFile(file, 0)];
      await say(conn, { type: "sending", size, offset });
      const writer = await conn.nextWriter(ws.BinaryMessage);
      for await (const part of partsOf(file, offset, size)) {
        hash.update(part);
        conn.setWriteDeadline(Date.now() + patienceMs);
        await writer.write(part); // resolves when the system has taken it: the buffer is free again
      }
      await writer.close();
      conn.setWriteDeadline(null);
      await say(conn, { type: "sent", sha256: sumOf(hash) });
    } finally {
      await file.close();
    }
  }
}

/** Says how much is there, and takes the rest: in one message or in many, the bounds say nothing. */
async function receive(conn: ws.Conn, part: Part, size: number): Promise<void> {
  conn.setReadLimit(Math.max(size, maxControlBytes)); // the conn itself ends what is larger
  await say(conn, { type: "there", offset: part.offset, sha256: part.sha256 });
  const { offset } = await hearA(conn, "go");
  if (offset !== part.offset) await part.restart();
  const buffer = new Uint8Array(bufferBytes);
  let told = part.offset;
  while (part.offset < size) {
    const { type, reader } = await conn.nextReader();
    if (type !== ws.BinaryMessage) throw new SyntaxError("Expected bytes");
    for (let n = await reader.read(buffer); n !== null; n = await reader.read(buffer)) {
      if (part.offset + n > size) throw new SyntaxError("Unexpected bytes: the file has fewer");
      await part.write(buffer.subarray(0, n)); // meanwhile nothing is read, and the client has to wait
      conn.setReadDeadline(Date.now() + patienceMs);
      if (part.offset - told < reportBytes && part.offset < size) continue;
      told = part.offset;
      await say(conn, { type: "at", offset: told });
    }
  }
  conn.setReadDeadline(null);
  conn.setReadLimit(maxControlBytes);
}

async function hear(conn: ws.Conn): Promise<FromClient> {
  const message = await conn.readMessage();
  if (message.type !== ws.TextMessage) throw new SyntaxError("Unexpected bytes: nobody asked for them");
  return parse(message.text());
}

async function hearA<T extends FromClient["type"]>(conn: ws.Conn, type: T): Promise<Extract<FromClient, { type: T }>> {
  const message = await hear(conn);
  if (message.type !== type) throw new SyntaxError(`Expected ${type}`);
  return message as Extract<FromClient, { type: T }>;
}

function say(conn: ws.Conn, message: FromServer): Promise<void> {
  return conn.writeJSON(message);
}
