function ignore(): void {}

/** Returns a promise that nobody has to hear of: one who forgets to wait for it must not end the process. */
export function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(ignore);
  return promise;
}

/** Writes, and forgets what goes wrong: there is nobody to tell, and the loop that reads will see it. */
export function settled(write: () => void | Promise<void>): Promise<void> | undefined {
  try {
    return write()?.catch(ignore);
  } catch {
    return undefined;
  }
}
