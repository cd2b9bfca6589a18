import { decodeText } from "./text.js";

/**
 * Holds one message: its type, {@link TextMessage} or {@link BinaryMessage}, and its payload, which is the receiver's to
 * keep and to change.
 */
export class Message {
  /** {@link TextMessage} or {@link BinaryMessage}. */
  readonly type: number;
  /**
   * The payload. Those of 65 to 2048 bytes share their memory with other messages, as Node's small buffers do: mind
   * `byteOffset`, and do not transfer `buffer` to another thread.
   */
  readonly data: Uint8Array<ArrayBuffer>;

  constructor(type: number, data: Uint8Array<ArrayBuffer>) {
    this.type = type;
    this.data = data;
  }

  /** Decodes the payload as UTF-8. In a binary message, what is no UTF-8 becomes U+FFFD. */
  text(): string {
    return decodeText(this.data);
  }

  /**
   * Parses the payload as JSON, whatever the message's type. Nobody checks that it is a `T`.
   * @throws {SyntaxError} when it is no JSON
   */
  json<T>(): T {
    return JSON.parse(this.text()) as T;
  }
}
