import type { AcceptOptions, Addr, Listener, StreamConn } from "../../src/net/conn.js";
import { ClosedError } from "../../src/net/errors.js";
import { PipeListener } from "../../src/net/pipe-listener.js";

/** Does what a PipeListener does: the ground for listeners that differ from it in a single point. */
export class WrappedListener implements Listener<StreamConn> {
  readonly inner = new PipeListener();
  get addr(): Addr {
    return this.inner.addr;
  }
  dial(): Promise<StreamConn> {
    return this.inner.dial();
  }
  accept(options?: AcceptOptions): Promise<StreamConn> {
    return this.inner.accept(options);
  }
  close(): void {
    this.inner.close();
  }
  async *[Symbol.asyncIterator](): AsyncGenerator<StreamConn, void, undefined> {
    try {
      for (;;) yield await this.accept();
    } catch (err) {
      if (!(err instanceof ClosedError)) throw err;
    } finally {
      this.close();
    }
  }
  ref(): void {}
  unref(): void {}
  [Symbol.dispose](): void {
    this.close();
  }
}

/** Accepts on behalf of somebody who has gone. */
class AbortTakesOne extends WrappedListener {
  override accept(options?: AcceptOptions): Promise<StreamConn> {
    return new Promise((resolve, reject) => {
      options?.signal?.addEventListener("abort", () => reject(options.signal?.reason as Error));
      this.inner.accept().then(resolve, reject);
    });
  }
}

/** Looks for a conn before it looks at the signal. */
class IgnoresAbortedSignal extends WrappedListener {
  override async accept(options?: AcceptOptions): Promise<StreamConn> {
    const conn = await this.inner.accept();
    options?.signal?.throwIfAborted();
    return conn;
  }
}

/** Forgets those who wait. */
class CloseLeavesAccepts extends WrappedListener {
  override accept(options?: AcceptOptions): Promise<StreamConn> {
    return super.accept(options).catch(() => new Promise(() => {}));
  }
}

/** Lets a loop be left like any other. */
class BreakLeavesOpen extends WrappedListener {
  override async *[Symbol.asyncIterator](): AsyncGenerator<StreamConn, void, undefined> {
    for (;;) yield await this.accept();
  }
}

/** Accepts who came last. */
class LastComerFirst extends WrappedListener {
  readonly #waiting: StreamConn[] = [];
  override async accept(options?: AcceptOptions): Promise<StreamConn> {
    this.#waiting.push(await super.accept(options));
    for (let more = true; more; ) {
      const soonest = AbortSignal.timeout(1);
      more = await super.accept({ signal: soonest }).then(
        (conn) => this.#waiting.push(conn) > 0,
        () => false,
      );
    }
    return this.#waiting.pop() as StreamConn;
  }
}

/** Takes its conns with it. */
class CloseClosesConns extends WrappedListener {
  readonly #conns: StreamConn[] = [];
  override async accept(options?: AcceptOptions): Promise<StreamConn> {
    const conn = await super.accept(options);
    this.#conns.push(conn);
    return conn;
  }
  override close(): void {
    super.close();
    for (const conn of this.#conns) conn.close();
  }
}

/** Never closes the door. */
class DialsAfterClose extends WrappedListener {
  override dial(): Promise<StreamConn> {
    return super.dial().catch(() => new PipeListener().dial());
  }
}

/** Names each fault, how to make it, and the case that must find it. */
export const brokenListeners: readonly { fault: string; make: () => WrappedListener; foundBy: string }[] = [
  { fault: "an aborted accept takes a conn", make: () => new AbortTakesOne(), foundBy: "AbortAccept" },
  { fault: "an aborted signal is seen too late", make: () => new IgnoresAbortedSignal(), foundBy: "AbortedSignal" },
  { fault: "close leaves accepts pending", make: () => new CloseLeavesAccepts(), foundBy: "CloseRejectsAccepts" },
  { fault: "leaving a loop leaves it open", make: () => new BreakLeavesOpen(), foundBy: "BreakCloses" },
  { fault: "a loop fails when it is closed", make: () => new BreakLeavesOpen(), foundBy: "Iterate" },
  { fault: "the last comer is accepted first", make: () => new LastComerFirst(), foundBy: "AcceptInOrder" },
  { fault: "close closes conns", make: () => new CloseClosesConns(), foundBy: "CloseSparesConns" },
  { fault: "it can be dialled once closed", make: () => new DialsAfterClose(), foundBy: "DialAfterClose" },
];
