import type { Socket } from "node:dgram";
import { getSystemErrorName } from "node:util";
import { NetError } from "../net/errors.js";
import type { Bytes } from "../net/conn.js";
import type { Target } from "./targets.js";

/** Carries datagrams to the system, one at a time. */
export interface Courier {
  /**
   * Sends a datagram to a target, or to the peer of a connected socket. Returns `null` if it has left, why not if it
   * cannot, or `"kept"`: then it is told later, and `data` must stay as it is until then.
   */
  send(data: Bytes, target: Target | null): Error | "kept" | null;
}

/** Is told what became of a datagram that was kept. */
export type OnLanded = (err: Error | null) => void;

/** `TOOLKIT_UDP_SYNC=0` has Node's public callbacks tell what became of each datagram. */
const mayObserve = process.env["TOOLKIT_UDP_SYNC"] !== "0";

/** Chooses the quicker courier where Node's sockets allow it. */
export function courierOf(socket: Socket, onLanded: OnLanded): Courier {
  const handle = mayObserve ? handleOf(socket) : null;
  return handle === null ? new CallbackCourier(socket, onLanded) : new ObservingCourier(socket, handle, onLanded);
}

/** Learns from the callback of each datagram, which comes a tick later: the public way. */
class CallbackCourier implements Courier {
  readonly #socket: Socket;
  readonly #onLanded: OnLanded;

  constructor(socket: Socket, onLanded: OnLanded) {
    this.#socket = socket;
    this.#onLanded = onLanded;
  }

  send(data: Bytes, target: Target | null): Error | "kept" {
    try {
      if (target === null) this.#socket.send(data, this.#onLanded);
      else this.#socket.send(data, target.port, target.host, this.#onLanded);
      return "kept";
    } catch (err) {
      return err as Error;
    }
  }
}

/**
 * Watches what Node's handle answers when the socket hands it a datagram: mostly it has left, and no callback, which
 * costs a tenth of the whole, is needed to learn that.
 */
class ObservingCourier implements Courier {
  readonly #socket: Socket;
  #answer = 1;

  constructor(socket: Socket, handle: Handle, onLanded: OnLanded) {
    this.#socket = socket;
    const { send } = handle;
    const onComplete = (status: number) => onLanded(status < 0 ? sendError(status) : null);
    handle.send = (request, list, count, ...rest) => {
      request.oncomplete = onComplete;
      rest[rest.length - 1] = true; // tell me, if you cannot say yet
      this.#answer = send.call(handle, request, list, count, ...rest);
      return this.#answer;
    };
  }

  send(data: Bytes, target: Target | null): Error | "kept" | null {
    this.#answer = 1;
    try {
      if (target === null) this.#socket.send(data);
      else this.#socket.send(data, target.port, target.host);
    } catch (err) {
      return err as Error;
    }
    if (this.#answer > 0) return null;
    return this.#answer === 0 ? "kept" : sendError(this.#answer);
  }
}

function sendError(status: number): NetError {
  const code = getSystemErrorName(status);
  return new NetError(`send ${code}`, { code });
}

/** What we need of the libuv handle inside a Node socket: `send` answers 0 for later, or less for an error. */
interface Handle {
  send(request: { oncomplete?: unknown }, list: unknown, count: number, ...rest: unknown[]): number;
}

/** Finds the handle of a socket. Node has no public way to do that: returns `null` where the private one is missing. */
function handleOf(socket: Socket): Handle | null {
  const key = Object.getOwnPropertySymbols(socket).find(({ description }) => description === "state symbol");
  const state = key === undefined ? undefined : (socket as unknown as Record<symbol, { handle?: Partial<Handle> }>)[key];
  return typeof state?.handle?.send === "function" ? (state.handle as Handle) : null;
}
