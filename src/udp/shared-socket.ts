import type { Socket } from "node:dgram";
import { Sender } from "./sender.js";

/**
 * Shares one socket among a listener and its conns: it closes when the last of them has left, and keeps the process
 * alive as long as one of them wants that.
 */
export class SharedSocket {
  readonly socket: Socket;
  readonly sender: Sender;
  #users = 0;
  #holders = 0;

  constructor(socket: Socket) {
    this.socket = socket;
    this.sender = new Sender(socket);
  }

  /** Lets somebody in. */
  enter(): Share {
    this.#users++;
    return new Share(
      (held) => this.#hold(held ? 1 : -1),
      () => this.#leave(),
    );
  }

  #hold(change: 1 | -1): void {
    this.#holders += change;
    if (this.#holders === 0) this.socket.unref();
    else if (this.#holders === 1 && change === 1) this.socket.ref();
  }

  #leave(): void {
    this.#users--;
    if (this.#users === 0) this.socket.close();
  }
}

/** Stands for one user of a {@link SharedSocket}; it keeps the process alive from the start. */
export class Share {
  readonly #hold: (held: boolean) => void;
  readonly #leave: () => void;
  #held = false;
  #left = false;

  constructor(hold: (held: boolean) => void, leave: () => void) {
    this.#hold = hold;
    this.#leave = leave;
    this.hold(true);
  }

  /** Keeps the process alive, or lets it end. */
  hold(on: boolean): void {
    if (this.#left || this.#held === on) return;
    this.#held = on;
    this.#hold(on);
  }

  /** Gives the share up. */
  leave(): void {
    if (this.#left) return;
    this.hold(false);
    this.#left = true;
    this.#leave();
  }
}
