import type { Results } from "../../results.js";

const firstPauseMs = 250;
const longestPauseMs = 10_000;

/** Who hears of a run. */
export interface Listener {
  show(results: Results): void;
  /** The connection stands, or does not. */
  connected(isConnected: boolean): void;
}

/** Follows a run until it is finished; what breaks off is dialled again, after pauses that grow. */
export function follow(listener: Listener): void {
  let pauseMs = firstPauseMs;
  let isFinished = false;
  const connect = () => {
    const socket = new WebSocket(location.href.replace(/^http/, "ws").replace(/#.*/, ""));
    socket.addEventListener("open", () => {
      pauseMs = firstPauseMs;
      listener.connected(true);
    });
    socket.addEventListener("message", ({ data }: MessageEvent<string>) => {
      const results = JSON.parse(data) as Results;
      isFinished = results.finished;
      listener.show(results);
    });
    socket.addEventListener("close", () => {
      if (isFinished) return;
      listener.connected(false);
      setTimeout(connect, pauseMs * (0.5 + Math.random() / 2));
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    });
  };
  connect();
}
