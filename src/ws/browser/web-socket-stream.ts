// What of the browser's WebSocketStream is used here: TypeScript's types of the DOM do not have it yet.

/** How a stream is opened. */
interface WebSocketStreamOptions {
  protocols?: string[];
  signal?: AbortSignal;
}

/** What a stream is made of, once it is open. */
export interface WebSocketStreamParts {
  readonly readable: ReadableStream<string | ArrayBuffer | Uint8Array<ArrayBuffer>>;
  readonly writable: WritableStream<string | Uint8Array<ArrayBuffer>>;
  readonly protocol: string;
  readonly extensions: string;
}

/** A close code and the text beside it; of an error too. */
export interface CloseInfo {
  readonly closeCode?: number | null;
  readonly reason?: string;
}

/** The browser's WebSocket as two streams. */
export interface WebSocketStream {
  readonly opened: Promise<WebSocketStreamParts>;
  readonly closed: Promise<CloseInfo>;
  close(info?: { closeCode?: number; reason?: string }): void;
}

type WebSocketStreamConstructor = new (url: string, options?: WebSocketStreamOptions) => WebSocketStream;

/** Returns the browser's WebSocketStream; `null` if it has none. */
export function findWebSocketStream(): WebSocketStreamConstructor | null {
  const { WebSocketStream } = globalThis as { WebSocketStream?: WebSocketStreamConstructor };
  return WebSocketStream ?? null;
}
