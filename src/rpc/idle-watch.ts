import { after } from "../internal/after.js";

/**
 * Closes what is idle: looks once in `timeoutMs`, and closes when nothing was going on at two looks and nothing happened
 * between them. So touching it costs nothing.
 */
export class IdleWatch {
  readonly #timeoutMs: number;
  readonly #isIdle: () => boolean;
  readonly #close: () => void;
  #wasTouched = true;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `timeoutMs` 0 is for ever. */
  constructor(timeoutMs: number, isIdle: () => boolean, close: () => void) {
    this.#timeoutMs = timeoutMs;
    this.#isIdle = isIdle;
    this.#close = close;
  }

  /** Begins to look. */
  start(): void {
    if (this.#timeoutMs > 0) this.#timer = after(this.#timeoutMs, () => this.#look());
  }

  /** Something happened. */
  touch(): void {
    this.#wasTouched = true;
  }

  /** Looks no more. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    if (!this.#wasTouched && this.#isIdle()) return this.#close();
    this.#wasTouched = !this.#isIdle();
    this.start();
  }
}
