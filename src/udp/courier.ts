import type { Socket } from "node:dgram";
import { getSystemErrorName } from "node:util";
import type { Bytes } from "../net/conn.js";
import type { Target } from "./targets.js";

/** Is told what became of a datagram that was kept. */
export type OnLanded = (err: Error | null) => void;

/**
 * Carries datagrams to the system, one at a time.
 *
 * Node tells what became of a datagram through a callback, a tick later. That costs a tenth of all that sending costs,
 * and more than the promise on top; yet mostly the answer is known at once, inside. So the first datagram goes the
 * public way and shows how Node goes on from there: if that is as we know it, the others take the same way without the
 * detour. If it is not, as in a runtime that only looks like Node, all go the public way.
 */
export class Courier {
  readonly #socket: Socket;
  readonly #onLanded: OnLanded;
  readonly #onComplete = (status: number): void => this.#onLanded(status < 0 ? sendError(status) : null);
  #handle: Handle | null;
  /** What a request to the handle is made with, once it is known. */
  #Request: (new () => Request) | null = null;

  /** The socket must be bound, and connected if it shall ever be. */
  constructor(socket: Socket, onLanded: OnLanded) {
    this.#socket = socket;
    this.#onLanded = onLanded;
    this.#handle = handleOf(socket);
  }

  /**
   * Sends a datagram to a target, or to the peer of a connected socket. Returns `null` if it has left, why not if it
   * cannot, or `"kept"`: then it is told later, and `data` must stay as it is until then.
   */
  send(data: Bytes, target: Target | null): Error | "kept" | null {
    if (this.#Request === null || this.#handle === null) return this.#sendAndLearn(data, target);
    const request = new this.#Request();
    const list = [data];
    request.list = list; // Node keeps it alive by this
    request.oncomplete = this.#onComplete;
    const answer =
      target === null
        ? this.#handle.send(request, list, 1, true)
        : this.#handle.send(request, list, 1, target.port, target.host, true);
    if (answer > 0) return null;
    return answer === 0 ? "kept" : sendError(answer);
  }

  /** Sends the public way, and watches how Node calls its handle. */
  #sendAndLearn(data: Bytes, target: Target | null): Error | "kept" | null {
    const handle = this.#handle;
    if (handle === null) return this.#sendPublicly(data, target, this.#onLanded);
    const { send } = handle;
    let left = false;
    this.#handle = null;
    handle.send = (...call) => {
      const answer = send.apply(handle, call);
      if (isAsKnown(call, answer, target)) {
        this.#handle = handle;
        this.#Request = call[0].constructor as new () => Request;
        left = answer > 0;
      }
      return answer;
    };
    const outcome = this.#sendPublicly(data, target, (err) => left || this.#onLanded(err));
    handle.send = send;
    return left ? null : outcome;
  }

  #sendPublicly(data: Bytes, target: Target | null, onLanded: OnLanded): Error | "kept" {
    try {
      if (target === null) this.#socket.send(data, onLanded);
      else this.#socket.send(data, target.port, target.host, onLanded);
      return "kept";
    } catch (err) {
      return err as Error;
    }
  }
}

/** A request to send, which is told when a datagram that was kept has left. */
interface Request {
  list?: unknown;
  oncomplete?: (status: number) => void;
}

/** What a handle is called with: the last item says whether `oncomplete` shall be called. */
type Call =
  | [request: Request, list: Bytes[], count: number, asks: boolean]
  | [request: Request, list: Bytes[], count: number, port: number, host: string, asks: boolean];

/**
 * What we need of the libuv handle inside a Node socket. `send` answers the length and one more if the datagram has left,
 * 0 if it is kept, and less if it cannot leave.
 */
interface Handle {
  send(...call: Call): number;
}

/** Tells whether Node called its handle in the way that we know. */
function isAsKnown(call: Call, answer: unknown, target: Target | null): boolean {
  const [request, list, count, ...rest] = call;
  const want = target === null ? [true] : [target.port, target.host, true];
  const fits = rest.length === want.length && rest.every((each, i) => each === want[i]);
  const made = typeof request.constructor === "function" && typeof request.oncomplete === "function";
  const kept = count === 1 && Array.isArray(list) && request.list === list;
  return (
    fits && made && kept && (answer === (list[0]?.byteLength ?? 0) + 1 || (typeof answer === "number" && answer <= 0))
  );
}

/** Makes the error that Node would make. */
function sendError(errno: number): Error {
  const code = getSystemErrorName(errno);
  return Object.assign(new Error(`send ${code}`), { errno, code, syscall: "send" });
}

/** Finds the handle of a socket. Node has no public way to do that: returns `null` where the private one is missing. */
function handleOf(socket: Socket): Handle | null {
  const key = Object.getOwnPropertySymbols(socket).find(({ description }) => description === "state symbol");
  const state = key === undefined ? undefined : (socket as unknown as Record<symbol, { handle?: unknown }>)[key];
  const handle = state?.handle as Partial<Handle> | null | undefined;
  return typeof handle?.send === "function" ? (handle as Handle) : null;
}
