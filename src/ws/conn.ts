import type { Bytes, Conn as NetConn, OpOptions, Reader, StreamConn } from "../net/conn.js";
import type { WSAddr } from "./addr.js";
import type { Message } from "./message.js";
import type { MessageWriter } from "./message-writer.js";
import type { PreparedMessage } from "./prepared-message.js";

/** Options of {@link Conn.writeControl}. */
export interface ControlOptions {
  /** When to give up, as in `setWriteDeadline`. @default never */
  deadline?: Date | number | null | undefined;
}

/**
 * Takes the payload of a ping or a pong, which is the handler's to keep. What it throws, or rejects with, ends the conn's
 * reads, which reject with it.
 */
export type ControlHandler = (data: Bytes) => void | Promise<void>;

/**
 * Takes the code and the text of the peer's close message; 1005 if it has none. What it throws takes the place of the
 * {@link CloseError} that reads reject with.
 */
export type CloseHandler = (code: number, text: string) => void;

/**
 * Is a WebSocket connection: it reads and writes messages and, being a {@link StreamConn} too, bytes.
 *
 * Frames are read as they arrive, up to a bound, so that pings are answered while nobody reads. Concurrency: as many
 * reads and writes as you like may be pending; reads of both kinds are served in the order of their calls, messages go
 * out whole and in order.
 * @see {@link https://pkg.go.dev/github.com/gorilla/websocket#Conn | gorilla Conn}
 */
export interface Conn extends StreamConn<WSAddr> {
  /**
   * Reads the next message. A read that times out or is aborted takes nothing, and the conn stays usable. What is left
   * of a message that `read` has begun is dropped.
   *
   * After the peer's end it rejects, again and again.
   * @throws {CloseError} when the peer has closed, whatever the code; 1006 if it has gone without a close message
   * @throws {ProtocolError} when the peer broke the protocol
   * @throws {ReadLimitError} when a message is larger than the limit
   * @throws {OpError} when the deadline has passed, the conn is closed, or the network fails
   */
  readMessage(options?: OpOptions): Promise<Message>;
  /** Iterates over messages; ends when the peer closes with 1000 or 1001, throws what `readMessage` throws else. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Message>;
  /**
   * Reads the next message and parses it as JSON. Nobody checks that it is a `T`.
   * @throws {UnexpectedEOFError} when the text is empty or ends early; {@link SyntaxError} when it is no JSON. The conn
   * stays usable
   */
  readJSON<T>(options?: OpOptions): Promise<T>;
  /**
   * Writes one message. A string goes as its UTF-8, also as a binary message; that bytes of a text message are UTF-8 is
   * the caller's duty.
   *
   * Resolves when there is room for more: small messages are copied into the batch of the tick and count as sent while
   * less than 64 KiB are unsent; one of more than 16 KiB waits until the system has taken it, and its buffer is left
   * alone until then. What goes wrong later is reported by the next call.
   * @throws {CloseSentError} after a close message was sent
   */
  writeMessage(type: number, data: string | Bytes, options?: OpOptions): Promise<void>;
  /** Writes a value as JSON, in a text message. */
  writeJSON(value: unknown): Promise<void>;
  /**
   * Waits for the next message, and resolves as soon as it begins to arrive: a message larger than memory can be read in
   * parts. What was not read of the message before is dropped, and its reader is at its end.
   *
   * `reader.read(p)` gives `null` at the end of the message, and rejects as `readMessage` does when the conn ends before.
   */
  nextReader(options?: OpOptions): Promise<{ type: number; reader: Reader }>;
  /**
   * Waits until all messages before are out, and begins one that is written in parts. The messages after it wait until
   * it is closed: close it also when something goes wrong, or close the conn.
   * @throws {TypeError} when the type is neither text nor binary
   */
  nextWriter(type: number, options?: OpOptions): Promise<MessageWriter>;
  /** Writes a message that is framed, and compressed, once for many conns; as {@link Conn.writeMessage} else. */
  writePreparedMessage(message: PreparedMessage): Promise<void>;
  /**
   * Writes a close, ping or pong message with up to 125 bytes; pings and pongs go before the messages that wait.
   * @throws {RangeError} `websocket: invalid control frame`, when the payload is longer
   */
  writeControl(type: number, data: string | Bytes, options?: ControlOptions): Promise<void>;
  /** Sends a ping, and resolves to the milliseconds until its pong. Without data it sends something of its own. */
  ping(data?: string | Bytes): Promise<number>;
  /** Sets what happens on a ping; `null` for the default, which answers it. */
  setPingHandler(handler: ControlHandler | null): void;
  /** Sets what happens on a pong; `null` for the default, which does nothing. `ping` resolves in any case. */
  setPongHandler(handler: ControlHandler | null): void;
  /**
   * Sets what happens on the peer's close message; `null` for the default, which answers it with the same code. A handler
   * of your own has to answer it itself.
   */
  setCloseHandler(handler: CloseHandler | null): void;
  /**
   * Sets the most bytes of a message from now on, as they are on the wire and inflated; 0 for no limit. A larger one ends
   * the conn with 1009.
   */
  setReadLimit(bytes: number): void;
  /** Turns compression of messages to come on or off; does nothing where the handshake did not agree on it. */
  enableWriteCompression(on: boolean): void;
  /**
   * Sets the level of compression: 0 to 9, -1 for zlib's default, -2 for Huffman codes alone.
   * @throws {RangeError} `websocket: invalid compression level`
   */
  setCompressionLevel(level: number): void;
  /** What the server chose of the subprotocols that the client offered; empty if nothing. */
  readonly subprotocol: string;
  /** The conn underneath, to look at and to close: reading or writing is left to the WebSocket, and rejects. */
  readonly netConn: NetConn;
  /**
   * Closes: reads and writes that are pending or to come reject, a close message goes out behind all that was sent, and
   * the connection ends when the peer has answered it, or after `closeTimeoutMs`. `closed` tells when.
   *
   * @param code - what the peer is told. @default 1000
   * @param reason - why, cut to 123 bytes of UTF-8
   * @throws {RangeError} when the code is none that may be sent
   */
  close(code?: number, reason?: string): void;
  /** Closes the connection at once, without a close message. @see gorilla's Close */
  closeNow(): void;
}
