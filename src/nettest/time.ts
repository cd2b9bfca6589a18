/** Lies long ago: a deadline that passed, Go's `aLongTimeAgo`. */
export const longAgo = new Date(1000);

/** Returns the point in time that lies so many milliseconds ahead. */
export function soon(ms: number): Date {
  return new Date(Date.now() + ms);
}

/** Waits a moment: only where nothing but time can show that something does not happen. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
