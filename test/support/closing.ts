import { afterEach } from "vitest";

/** What a test opens. */
interface Closable {
  close(): unknown;
}

/** Returns a function that keeps what a test opens, and closes it, last first, when the test has ended. */
export function closing(): <T extends Closable>(opened: T) => T {
  const open: Closable[] = [];
  afterEach(() => {
    for (let each = open.pop(); each !== undefined; each = open.pop()) each.close();
  });
  return (opened) => {
    open.push(opened);
    return opened;
  };
}
