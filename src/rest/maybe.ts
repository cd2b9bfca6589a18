/** A value that is there, or comes: what needs no waiting costs none. */
export type Maybe<T> = T | Promise<T>;

/** Goes on with a value, at once if it is there. */
export function chain<T, U>(value: Maybe<T>, next: (value: T) => Maybe<U>): Maybe<U> {
  return isPromise(value) ? value.then(next) : next(value);
}

/** Tells whether a value is still to come. */
function isPromise<T>(value: Maybe<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/** Runs `step`; what it throws, now or later, goes to `rescue`. */
export function attempt<T>(step: () => Maybe<T>, rescue: (error: unknown) => Maybe<T>): Maybe<T> {
  try {
    const value = step();
    return isPromise(value) ? value.catch(rescue) : value;
  } catch (error) {
    return rescue(error);
  }
}
