/** Somebody's wait: a promise that is settled from outside, once, with what it waits for as `context`. */
export interface Pending<T, X> {
  readonly context: X;
  resolve(value: T): void;
  reject(reason: unknown): void;
}

class Entry<T, X> implements Pending<T, X> {
  readonly context: X;
  readonly #resolve: (value: T) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #release: (() => void) | undefined;

  constructor(
    context: X,
    resolve: (value: T) => void,
    reject: (reason: unknown) => void,
    release: (() => void) | undefined,
  ) {
    this.context = context;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#release = release;
  }
  resolve(value: T): void {
    this.#release?.();
    this.#resolve(value);
  }
  reject(reason: unknown): void {
    this.#release?.();
    this.#reject(reason);
  }
}

/** Keeps those who wait, in order of arrival; an aborted one leaves by itself and rejects with the signal's reason. */
export class PendingList<T, X = undefined> {
  #entries: Entry<T, X>[] = [];
  /** Is called when the last one leaves. */
  onEmpty: (() => void) | undefined;

  constructor(onEmpty?: () => void) {
    this.onEmpty = onEmpty;
  }

  /** How many wait. */
  get length(): number {
    return this.#entries.length;
  }

  /** Returns who came first, without removing it. */
  get first(): Pending<T, X> | undefined {
    return this.#entries[0];
  }

  /** Adds one that waits for `context`. The caller has checked that `signal` is not aborted yet. */
  add(context: X, signal?: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (signal === undefined) {
        this.#entries.push(new Entry(context, resolve, reject, undefined));
        return;
      }
      const onAbort = () => {
        this.#remove(entry);
        entry.reject(signal.reason);
      };
      const entry = new Entry(context, resolve, reject, () => signal.removeEventListener("abort", onAbort));
      signal.addEventListener("abort", onAbort);
      this.#entries.push(entry);
    });
  }

  /** Removes and returns who came first. */
  shift(): Pending<T, X> | undefined {
    const first = this.#entries.shift();
    if (first !== undefined && this.#entries.length === 0) this.onEmpty?.();
    return first;
  }

  /** Lists what is waited for, in order. */
  *contexts(): Generator<X, void, undefined> {
    for (const entry of this.#entries) yield entry.context;
  }

  /** Resolves the one that waits for `context`; returns `false` if it has left. */
  resolve(context: X, value: T): boolean {
    const entry = this.#take(context);
    entry?.resolve(value);
    return entry !== undefined;
  }

  /** Rejects the one that waits for `context`; returns `false` if it has left. */
  reject(context: X, reason: unknown): boolean {
    const entry = this.#take(context);
    entry?.reject(reason);
    return entry !== undefined;
  }

  /** Rejects all; `reason` is asked for each, so that each gets an error of its own. */
  rejectAll(reason: (entry: Pending<T, X>) => unknown): void {
    const entries = this.#entries;
    if (entries.length === 0) return;
    this.#entries = [];
    this.onEmpty?.();
    for (const entry of entries) entry.reject(reason(entry));
  }

  #take(context: X): Entry<T, X> | undefined {
    const first = this.#entries[0];
    const entry = first?.context === context ? first : this.#entries.find((each) => each.context === context);
    if (entry !== undefined) this.#remove(entry);
    return entry;
  }

  #remove(entry: Entry<T, X>): void {
    if (this.#entries[0] === entry) this.#entries.shift();
    else this.#entries.splice(this.#entries.indexOf(entry), 1);
    if (this.#entries.length === 0) this.onEmpty?.();
  }
}
