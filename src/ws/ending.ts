import type { Inbox } from "./inbox.js";

/** How long the peer's end waits for the messages before it to be read, in ms. */
const maxUnreadMs = 1000;

/**
 * Holds the end of what the peer sent, its close message or what it is refused for, until the messages before it are
 * read; whoever took one in this very turn has the time to answer it. When nobody reads them, the end does not wait.
 */
export class Ending {
  #end: (() => void) | null = null;
  #timer: NodeJS.Timeout | undefined;

  /** Whether an end waits. */
  get isPending(): boolean {
    return this.#end !== null;
  }

  /** Comes to the end: at once if nothing is before it. `wasTaken` says that a message was taken in this turn. */
  begin(inbox: Inbox, wasTaken: boolean, end: () => void): void {
    if (!wasTaken && !inbox.hasUnread) {
      end();
      return;
    }
    this.#end = end;
    setImmediate(() => {
      if (this.#end === null || !inbox.hasUnread) return this.now();
      inbox.whenStarved(() => this.now());
      this.#timer = setTimeout(() => this.now(), maxUnreadMs).unref(); // the socket keeps the process alive
    });
  }

  /** Comes to the end, if it waits. */
  now(): void {
    clearTimeout(this.#timer);
    const end = this.#end;
    this.#end = null;
    end?.();
  }
}
