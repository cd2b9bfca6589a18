import type { Load } from "./echo-client.js";

/** Makes numbered messages. Their buffers go round: a message must be back, or lost, before its buffer is due again. */
export class Messages {
  readonly #buffers: readonly Uint8Array[];
  #next = 0;

  constructor({ messageBytes, maxUnderWay }: Load) {
    this.#buffers = Array.from({ length: maxUnderWay }, () => new Uint8Array(messageBytes));
  }

  /** Returns the next messages. */
  take(count: number): Uint8Array[] {
    return Array.from({ length: count }, () => this.#take());
  }

  #take(): Uint8Array {
    const number = this.#next++;
    const message = this.#buffers[number % this.#buffers.length] as Uint8Array;
    viewOf(message).setUint32(0, number);
    return message;
  }
}

/** Returns the number that a message bears. */
export function numberOf(message: Uint8Array): number {
  return viewOf(message).getUint32(0);
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
