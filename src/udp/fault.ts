/**
 * Keeps what the system learned of datagrams that were sent before, such as a refused connection, until the next read
 * or write takes it: one at a time, and once, as the system's own sockets do.
 */
export class Fault {
  #err: Error | null = null;

  put(err: Error): void {
    this.#err = err;
  }

  take(): Error | null {
    const err = this.#err;
    this.#err = null;
    return err;
  }
}
