import { PendingList } from "../internal/pending.js";
import type { Bytes } from "../net/conn.js";
import { Deadline } from "../net/deadline.js";
import { syscallError } from "../net/errno.js";
import { ClosedError, TimeoutError } from "../net/errors.js";
import type { Fault } from "./fault.js";
import type { Sender } from "./sender.js";
import type { Target } from "./targets.js";

/** A datagram on its way out. */
export interface Outgoing {
  readonly p: Bytes;
  /** Where to; `null` on a connected socket. */
  readonly target: Target | null;
  /** Whether the sender has it: it then leaves, whatever becomes of its writer. */
  handed: boolean;
}

/** Dresses a cause for a writer, as an OpError with the conn's addresses. */
export type WrapWrite = (cause: Error, target: Target | null, bytesWritten: number) => Error;

/**
 * Sends the datagrams of one conn in order: the sending half of every conn here.
 *
 * What the sender has no room for waits here, by reference, and can be withdrawn.
 */
export class Outbox {
  readonly deadline = new Deadline(() => this.#rejectAll(new TimeoutError()));
  readonly #pending = new PendingList<number, Outgoing>(() => this.deadline.unwatch());
  readonly #sender: Sender;
  readonly #fault: Fault;
  readonly #wrap: WrapWrite;
  #queued = false;
  /** Why there are no more writes. */
  #refusal: (() => Error) | null = null;

  constructor(sender: Sender, fault: Fault, wrap: WrapWrite) {
    this.#sender = sender;
    this.#fault = fault;
    this.#wrap = wrap;
  }

  /** Sends `p` as one datagram. */
  write(p: Bytes, target: Target | null, signal: AbortSignal | undefined): Promise<number> {
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    const refusal = this.#refuse();
    if (refusal !== null) return Promise.reject(this.#wrap(refusal, target, 0));
    if (this.#queued || !this.#sender.ready) return this.#wait(p, target, signal);
    const outcome = this.#sender.send(p, target);
    if (outcome === null) return Promise.resolve(p.byteLength);
    if (outcome === "kept") return this.#keep(p, target, signal);
    return Promise.reject(this.#wrap(outcome, target, 0));
  }

  /** Sends what waits, as long as the sender is ready. */
  pump(): void {
    this.#queued = false;
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      if (!this.#sender.ready) return this.#enqueue();
      this.#hand(next);
    }
  }

  /** Refuses writes from now on; those that wait still go out. */
  end(): void {
    this.#refusal ??= brokenPipe;
  }

  /** Refuses writes from now on, because the peer is given up. */
  expire(): void {
    this.#stop(brokenPipe);
  }

  /** Closes: refuses writes from now on. */
  close(): void {
    this.#stop(() => new ClosedError());
  }

  /** Rejects what the sender does not have. What it has leaves, unless the socket closes first. */
  #stop(refusal: () => Error): void {
    this.#refusal = refusal;
    this.deadline.stop();
    const waiting = Array.from(this.#pending.contexts()).filter(({ handed }) => !handed);
    for (const outgoing of waiting) this.#pending.reject(outgoing, this.#wrap(refusal(), outgoing.target, 0));
  }

  #refuse(): Error | null {
    if (this.#refusal !== null) return this.#refusal();
    return this.deadline.expired ? new TimeoutError() : this.#fault.take();
  }

  /** Lets a write wait until the sender is ready. */
  #wait(p: Bytes, target: Target | null, signal: AbortSignal | undefined): Promise<number> {
    this.#enqueue();
    this.deadline.watch();
    return this.#pending.add({ p, target, handed: false }, signal);
  }

  /** Lets a write wait until the sender has got rid of its datagram. */
  #keep(p: Bytes, target: Target | null, signal: AbortSignal | undefined): Promise<number> {
    const outgoing: Outgoing = { p, target, handed: true };
    this.#sender.whenLanded((err) => this.#settle(outgoing, err));
    this.deadline.watch();
    return this.#pending.add(outgoing, signal);
  }

  /** Finds the first datagram that the sender does not have. */
  #next(): Outgoing | undefined {
    for (const outgoing of this.#pending.contexts()) if (!outgoing.handed) return outgoing;
    return undefined;
  }

  #enqueue(): void {
    if (this.#queued) return;
    this.#queued = true;
    this.#sender.wait(this);
  }

  #hand(outgoing: Outgoing): void {
    const outcome = this.#sender.send(outgoing.p, outgoing.target);
    outgoing.handed = true;
    if (outcome === "kept") this.#sender.whenLanded((err) => this.#settle(outgoing, err));
    else this.#settle(outgoing, outcome);
  }

  #settle(outgoing: Outgoing, err: Error | null): void {
    if (err === null) {
      this.#pending.resolve(outgoing, outgoing.p.byteLength);
    } else {
      const canceled = (err as { code?: string }).code === "ECANCELED";
      const cause = canceled && this.#refusal !== null ? this.#refusal() : err;
      this.#pending.reject(outgoing, this.#wrap(cause, outgoing.target, 0));
    }
  }

  #rejectAll(cause: Error): void {
    this.#pending.rejectAll(({ context: { p, target, handed } }) =>
      this.#wrap(cause, target, handed ? p.byteLength : 0),
    );
  }
}

function brokenPipe(): Error {
  return syscallError("write", "EPIPE");
}
