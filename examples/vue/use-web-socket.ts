// A WebSocket as a composable: what it is and brings is reactive, and it ends with the component that uses it.
import * as ws from "toolkit/ws";
import { computed, type MaybeRefOrGetter, onScopeDispose, type Ref, shallowRef, toValue, watch } from "vue";

/** How a connection is; `waiting` is between two attempts. */
type State = "connecting" | "open" | "waiting" | "closed";

/** How a connection ended. */
interface Closed {
  /** The code of the close message; 1006 when the connection broke, or was never made. */
  readonly code: number;
  readonly reason: string;
}

/** Options of {@link useWebSocket}. */
export interface UseWebSocketOptions {
  /** Whether to connect at once; `open` does it else. @default true */
  readonly immediate?: boolean;
  /** Whether to connect again after an end that was not meant: any but 1000, or ours. @default false */
  readonly reconnect?: boolean;
  /** How long to wait before the first of more attempts, in ms; twice as long before each that follows. @default 500 */
  readonly firstPauseMs?: number;
  /** How long to wait at most, in ms. @default 10_000 */
  readonly maxPauseMs?: number;
  /** How many messages are kept. @default 100 */
  readonly keep?: number;
  /** What else goes to `ws.dial`. */
  readonly dial?: Omit<ws.DialOptions, "signal">;
}

/** What {@link useWebSocket} returns: refs to look at, and what to do. */
export interface UseWebSocket {
  readonly state: Readonly<Ref<State>>;
  readonly isOpen: Readonly<Ref<boolean>>;
  /** The last message. */
  readonly message: Readonly<Ref<ws.Message | undefined>>;
  /** The last messages, the oldest first. */
  readonly messages: Readonly<Ref<readonly ws.Message[]>>;
  /** What went wrong last; `null` once it is open. */
  readonly error: Readonly<Ref<Error | null>>;
  /** How the last connection ended; `null` while it is open. */
  readonly closed: Readonly<Ref<Closed | null>>;
  /** Sends text or bytes; rejects while it is not open. */
  send(data: string | Uint8Array): Promise<void>;
  /** Connects, unless it does already. */
  open(): void;
  /** Closes, and does not connect again. */
  close(code?: number, reason?: string): void;
}

/** From `open` to `close`, with all attempts between. */
interface Life {
  readonly ended: AbortController;
  conn: ws.Conn | null;
}

/**
 * Connects to `url` while the component, or the effect scope, lives, and closes with 1000 when it ends. Where the URL is a
 * ref or a getter, it goes where that points to.
 */
export function useWebSocket(url: MaybeRefOrGetter<string>, options: UseWebSocketOptions = {}): UseWebSocket {
  const { immediate = true, reconnect = false, firstPauseMs = 500, maxPauseMs = 10_000, keep = 100 } = options;
  const state = shallowRef<State>("closed");
  const messages = shallowRef<readonly ws.Message[]>([]);
  const error = shallowRef<Error | null>(null);
  const closed = shallowRef<Closed | null>(null);
  let life: Life | null = null;

  async function live(mine: Life): Promise<void> {
    let pauseMs = firstPauseMs;
    while (mine === life) {
      const err = await serve(mine, () => (pauseMs = firstPauseMs)).catch((reason: unknown) => reason as Error);
      if (mine !== life) return; // `close` has said how it ended
      const end = endOf(err);
      const isMeant = end.code === ws.CloseNormalClosure;
      [closed.value, error.value] = [end, isMeant ? null : err];
      if (isMeant || !reconnect) life = null;
      state.value = life === null ? "closed" : "waiting";
      if (life !== null) await wait(pauseMs, mine.ended.signal);
      pauseMs = Math.min(pauseMs * 2, maxPauseMs);
    }
  }

  /** One connection, from the first try to its end: it always rejects. */
  async function serve(mine: Life, opened: () => void): Promise<never> {
    state.value = "connecting";
    const conn = await ws.dial(toValue(url), { ...options.dial, signal: mine.ended.signal });
    mine.conn = conn;
    opened();
    [state.value, closed.value, error.value] = ["open", null, null];
    for (;;) {
      const message = await conn.readMessage();
      messages.value = [...messages.value, message].slice(-keep);
    }
  }

  function open(): void {
    if (life !== null) return;
    life = { ended: new AbortController(), conn: null };
    void live(life);
  }

  function close(code: number = ws.CloseNormalClosure, reason = ""): void {
    if (life === null) return;
    life.conn?.close(code, reason);
    life.ended.abort();
    life = null;
    [state.value, closed.value] = ["closed", { code, reason }];
  }

  async function send(data: string | Uint8Array): Promise<void> {
    if (life?.conn === null || life === null || state.value !== "open") throw new Error("The WebSocket is not open");
    await life.conn.writeMessage(typeof data === "string" ? ws.TextMessage : ws.BinaryMessage, data);
  }

  if (immediate) open();
  watch(
    () => toValue(url),
    () => {
      if (life === null) return;
      close();
      open();
    },
  );
  onScopeDispose(close);

  const isOpen = computed(() => state.value === "open");
  const message = computed(() => messages.value.at(-1));
  return { state, isOpen, message, messages, error, closed, send, open, close };
}

function endOf(err: Error): Closed {
  return err instanceof ws.CloseError
    ? { code: err.closeCode, reason: err.text }
    : { code: ws.CloseAbnormalClosure, reason: "" };
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
