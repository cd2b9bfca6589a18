import type { Bytes, OpOptions, StreamConn } from "../../src/net/conn.js";
import { isTimeout, OpError, TimeoutError } from "../../src/net/errors.js";
import { WrappedConn } from "./wrapped-conn.js";

/** Never hears of a read deadline. */
class IgnoresDeadlines extends WrappedConn {
  override setReadDeadline(): void {}
}

/** Goes on reading after the deadline, into a buffer that is the caller's again. */
class ReadsOnAfterTimeout extends WrappedConn {
  #deadline = Number.POSITIVE_INFINITY;
  override setReadDeadline(t: Date | number | null): void {
    this.#deadline = t === null ? Number.POSITIVE_INFINITY : Number(t);
  }
  override read(p: Bytes, options?: OpOptions): Promise<number | null> {
    if (this.#deadline === Number.POSITIVE_INFINITY) return super.read(p, options);
    return new Promise((resolve, reject) => {
      super.read(p, options).then(resolve, reject);
      const timeout = new OpError({ op: "read", net: "pipe", cause: new TimeoutError() });
      setTimeout(() => reject(timeout), Math.max(0, this.#deadline - Date.now()));
    });
  }
}

/** Closes when a deadline passes. */
class TimeoutIsTheEnd extends WrappedConn {
  override read(p: Bytes, options?: OpOptions): Promise<number | null> {
    return super.read(p, options).catch((err: unknown) => {
      if (isTimeout(err)) this.close();
      throw err;
    });
  }
}

/** Cuts writes into pieces and lets others in between. */
class InterleavesWrites extends WrappedConn {
  override async write(p: Bytes, options?: OpOptions): Promise<number> {
    for (let at = 0; at < p.byteLength; at += 1000) await super.write(p.subarray(at, at + 1000), options);
    return p.byteLength;
  }
}

/** Closes for writers only. */
class CloseLeavesReads extends WrappedConn {
  override close(): void {
    void this.conn.closeWrite().catch(() => {});
  }
}

/** Takes whatever is written. */
class BuffersWithoutBound extends WrappedConn {
  #last: Promise<unknown> = Promise.resolve();
  override async write(p: Bytes): Promise<number> {
    const copy = p.slice();
    this.#last = this.#last.then(() => super.write(copy)).catch(() => {});
    return p.byteLength;
  }
  override async closeWrite(): Promise<void> {
    void this.#last.then(() => super.closeWrite());
  }
}

/** Keeps the last byte back until more is written. */
class LosesLastByte extends WrappedConn {
  #kept: Bytes = new Uint8Array(0);
  override async write(p: Bytes, options?: OpOptions): Promise<number> {
    const all = new Uint8Array([...this.#kept, ...p]);
    this.#kept = all.slice(-1);
    if (all.byteLength > 1) await super.write(all.subarray(0, -1), options);
    return p.byteLength;
  }
}

/** Says when it is closed at once, and drops what the peer has not read. */
class CloseDropsWrites extends WrappedConn {
  #last: Promise<unknown> = Promise.resolve();
  #ahead = 0;
  override async write(p: Bytes): Promise<number> {
    while (this.#ahead > 1 << 16) await this.#last;
    this.#ahead += p.byteLength;
    const copy = p.slice();
    this.#last = this.#last
      .then(() => super.write(copy))
      .then((n) => {
        this.#ahead -= n;
      });
    this.#last.catch(() => {});
    return p.byteLength;
  }
}

/** Reports an abort in words of its own. */
class WrapsTheReason extends WrappedConn {
  override read(p: Bytes, options?: OpOptions): Promise<number | null> {
    return super.read(p, options).catch((cause: unknown) => {
      throw options?.signal?.aborted === true ? new Error("aborted", { cause }) : cause;
    });
  }
}

/** Ends both directions when one is to end. */
class CloseWriteClosesAll extends WrappedConn {
  override async closeWrite(): Promise<void> {
    this.close();
  }
}

/** Says the end once, and then waits for more. */
class EndsOnce extends WrappedConn {
  #ended = false;
  override async read(p: Bytes, options?: OpOptions): Promise<number | null> {
    if (this.#ended) return new Promise(() => {});
    const n = await super.read(p, options);
    this.#ended = n === null;
    return n;
  }
}

/** Serves the last reader first. */
class LastReaderFirst extends WrappedConn {
  readonly #waiting: (() => void)[] = [];
  override async read(p: Bytes, options?: OpOptions): Promise<number | null> {
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      setTimeout(() => this.#waiting.pop()?.(), 5);
    });
    return super.read(p, options);
  }
}

/** Changes the caller's bytes on their way. */
class MasksInPlace extends WrappedConn {
  override async write(p: Bytes, options?: OpOptions): Promise<number> {
    const sent = super.write(p.slice(), options);
    for (let i = 0; i < p.byteLength; i++) p[i] = (p[i] ?? 0) ^ 0x5a;
    return sent;
  }
}

/** Never says how much of a failed write went out. */
class HidesBytesWritten extends WrappedConn {
  override write(p: Bytes, options?: OpOptions): Promise<number> {
    return super.write(p, options).catch((cause: Error) => {
      throw new OpError({ op: "write", net: "pipe", cause });
    });
  }
}

/** Passes empty writes on as if they were something. */
class ReadsNothing extends WrappedConn {
  #owed = 0;
  override async read(p: Bytes, options?: OpOptions): Promise<number | null> {
    if (this.#owed++ % 5 === 4) return 0;
    return super.read(p, options);
  }
}

/** Is closed, but never says so. */
class NeverClosed extends WrappedConn {
  override readonly closed = new Promise<void>(() => {});
}

/** Names each fault, how to make it, and the cases that must find it. */
export const brokenConns: readonly { fault: string; wrap: (conn: StreamConn) => StreamConn; foundBy: string[] }[] = [
  { fault: "reads ignore deadlines", wrap: (c) => new IgnoresDeadlines(c), foundBy: ["ReadTimeout", "PastTimeout"] },
  {
    fault: "a read touches its buffer after a timeout",
    wrap: (c) => new ReadsOnAfterTimeout(c),
    foundBy: ["TimedOutRead", "RacyRead"],
  },
  { fault: "a timeout closes the conn", wrap: (c) => new TimeoutIsTheEnd(c), foundBy: ["FutureTimeout", "RacyRead"] },
  { fault: "writes interleave", wrap: (c) => new InterleavesWrites(c), foundBy: ["ConcurrentWrites"] },
  {
    fault: "close leaves reads pending",
    wrap: (c) => new CloseLeavesReads(c),
    foundBy: ["CloseWhileReading", "UseAfterClose", "Dispose"],
  },
  { fault: "writes are buffered without bound", wrap: (c) => new BuffersWithoutBound(c), foundBy: ["BackPressure"] },
  { fault: "the last byte is lost", wrap: (c) => new LosesLastByte(c), foundBy: ["BasicIO", "EndAfterBurst"] },
  { fault: "close drops what was written", wrap: (c) => new CloseDropsWrites(c), foundBy: ["CloseAfterBurst"] },
  { fault: "an abort's reason is wrapped", wrap: (c) => new WrapsTheReason(c), foundBy: ["AbortRead"] },
  { fault: "closeWrite closes all", wrap: (c) => new CloseWriteClosesAll(c), foundBy: ["HalfClose"] },
  { fault: "the end is said once", wrap: (c) => new EndsOnce(c), foundBy: ["HalfClose", "EndAfterBurst"] },
  { fault: "the last reader is served first", wrap: (c) => new LastReaderFirst(c), foundBy: ["ConcurrentReads"] },
  { fault: "a write changes its buffer", wrap: (c) => new MasksInPlace(c), foundBy: ["BufferBounds"] },
  { fault: "bytesWritten is missing", wrap: (c) => new HidesBytesWritten(c), foundBy: ["TimedOutWrite"] },
  { fault: "a read gives 0", wrap: (c) => new ReadsNothing(c), foundBy: ["ZeroLength", "BasicIO"] },
  { fault: "closed never resolves", wrap: (c) => new NeverClosed(c), foundBy: ["CloseTwice", "AsyncDispose"] },
];
