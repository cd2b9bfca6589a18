import { type IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Bytes } from "../net/conn.js";
import { syscallError } from "../net/errno.js";
import { type TakenOver, takeOver } from "./take-over.js";

/** On a response: who can give its connection away. Any prototype may be put under a response, but this stays. */
const hijacker = Symbol.for("toolkit.ws.hijacker");

/** How long a client that was refused may go on sending, in ms, before its connection is cut. */
const lingerMs = 1000;

/**
 * Holds a connection that Node's HTTP server has let go, in its 'upgrade' event, and a response that goes out on it: an
 * ordinary one, after which the connection ends, or one that switches protocols, after which the connection is free.
 * @see Go's http.Hijacker
 */
export class Hijacker {
  readonly response: ServerResponse;
  readonly #request: IncomingMessage;
  readonly #socket: Duplex;
  readonly #head: Bytes;
  readonly #onError = () => {}; // 'close' follows
  readonly #onDrain = () => drained(this.response);
  #isTaken = false;

  constructor(request: IncomingMessage, socket: Duplex, head: Bytes) {
    this.#request = request;
    this.#socket = socket;
    this.#head = head;
    this.response = new ServerResponse(request);
    this.response.shouldKeepAlive = false;
    Object.defineProperty(this.response, hijacker, { value: this });
    this.response.once("finish", () => {
      if (!this.#isTaken) this.#end();
    });
    socket.on("error", this.#onError);
    socket.on("drain", this.#onDrain);
    if (socket.destroyed)
      close(this.response); // of which it would tell nobody any more
    else this.response.assignSocket(socket as Socket);
  }

  /** Returns who can give the connection of a response away, or `undefined` where nobody can. */
  static of(response: ServerResponse): Hijacker | undefined {
    return (response as { [hijacker]?: Hijacker })[hijacker];
  }

  /** The connection. */
  get socket(): Duplex {
    return this.#socket;
  }

  /** Tells whether the connection is still the response's to use. */
  get isFree(): boolean {
    return !this.#isTaken && !this.response.headersSent;
  }

  /**
   * Sends the answer that switches protocols, with the header that the response has, as the ordinary end of the response:
   * whoever waits for it sees a response that is complete. Then takes the connection.
   */
  async switchProtocols(): Promise<TakenOver<Duplex>> {
    const { response } = this;
    if (this.#socket.destroyed) throw gone();
    const ended = whenEnded(response);
    response.sendDate = false;
    response.statusMessage = "Switching Protocols";
    response.writeHead(101); // middleware that hooks in here may throw: it is an ordinary response until then
    this.#isTaken = true;
    response.end();
    if (!(await ended) || this.#socket.destroyed) throw gone();
    this.#release();
    const taken = takeOver(this.#socket, this.#head);
    this.#request.socket = taken.socket as Socket; // for whoever asks the request for addresses
    return taken;
  }

  /** Ends the connection behind an ordinary answer, and reads what the client is still sending (RFC 9112 section 9.6). */
  #end(): void {
    const socket = this.#socket;
    socket.off("drain", this.#onDrain);
    this.#detach();
    if (socket.destroyed) return;
    const cut = () => socket.destroy();
    if (socket.readableEnded) return void socket.end(cut);
    const timer = setTimeout(cut, lingerMs);
    socket.once("close", () => clearTimeout(timer));
    socket.once("end", cut);
    socket.end();
    socket.resume();
  }

  /** Parts response and connection. */
  #release(): void {
    this.#socket.off("error", this.#onError);
    this.#socket.off("drain", this.#onDrain);
    this.#detach();
  }

  #detach(): void {
    this.response.detachSocket(this.#socket as Socket);
    close(this.response);
  }
}

/** Does to a response what Node's server does when one is complete. */
function close(response: ServerResponse): void {
  process.nextTick(() => {
    response.destroyed = true;
    Reflect.set(response, "_closed", true);
    response.emit("close");
  });
}

/**
 * Calls `run` when no earlier request of the connection waits for its answer any more: at once as a rule, later for a
 * client that has sent several, and when the connection ends before.
 */
export function afterEarlier(socket: Duplex, run: () => void): void {
  const earlier = Reflect.get(socket, "_httpMessage") as ServerResponse | null | undefined;
  if (earlier === null || earlier === undefined || socket.destroyed) return run();
  const onError = () => {};
  const onDrain = () => drained(earlier);
  socket.on("error", onError).on("drain", onDrain); // which Node has ceased to do
  earlier.once("close", () => {
    socket.off("drain", onDrain);
    afterEarlier(socket, run);
    socket.off("error", onError);
  });
}

/** Resolves to whether a response is complete, and not merely at its end. */
export function whenEnded(response: ServerResponse): Promise<boolean> {
  return new Promise((resolve) => {
    response.once("finish", () => resolve(true));
    response.once("close", () => resolve(false));
  });
}

function gone(): Error {
  return syscallError("write", "EPIPE");
}

/** Does what Node's server does when a socket can take more; it knows by a private flag that somebody waits. */
function drained(response: ServerResponse): void {
  if (!response.writableNeedDrain) return;
  const flag = Object.getOwnPropertySymbols(response).find(({ description }) => description === "kNeedDrain");
  if (flag !== undefined) Reflect.set(response, flag, false);
  response.emit("drain");
}
