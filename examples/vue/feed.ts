// What the component shows, made of the messages of its connection.
import { computed, type MaybeRefOrGetter, type Ref, shallowRef, watch } from "vue";
import { commands, type FromServer } from "./protocol.js";
import { type UseWebSocket, useWebSocket } from "./use-web-socket.js";

type Time = Extract<FromServer, { type: "time" }>;
type Said = Extract<FromServer, { type: "said" }>;

/** What {@link useFeed} returns: the connection, and what came of it. */
export interface Feed extends UseWebSocket {
  /** The last time that the server told. */
  readonly time: Readonly<Ref<Time | null>>;
  /** What was said, the newest first. */
  readonly said: Readonly<Ref<readonly Said[]>>;
  /** How the connection is: as the style sheet names it, and in words. */
  readonly look: Readonly<Ref<{ readonly name: "open" | "wait" | "lost"; readonly words: string }>>;
  /** Has the server close the connection, or break it. */
  ask(command: keyof typeof commands): Promise<void>;
}

const keptSaid = 50;

/** Connects to the server of this example. */
export function useFeed(url: MaybeRefOrGetter<string>): Feed {
  const socket = useWebSocket(url, { reconnect: true, firstPauseMs: 1500 });
  const time = shallowRef<Time | null>(null);
  const said = shallowRef<readonly Said[]>([]);
  const take = (told: FromServer) => {
    if (told.type === "time") time.value = told;
    else said.value = [told, ...said.value].slice(0, keptSaid);
  };
  // `sync`, as several may come before Vue looks again.
  watch(socket.message, (message) => message !== undefined && take(message.json<FromServer>()), { flush: "sync" });

  const look = computed(() => {
    const { code, reason } = socket.closed.value ?? { code: 0, reason: "" };
    const end = `${code}${reason === "" ? "" : `, “${reason}”`}`;
    switch (socket.state.value) {
      case "connecting":
        return { name: "wait", words: "connecting" } as const;
      case "open":
        return { name: "open", words: "connected" } as const;
      case "waiting":
        return { name: "lost", words: `lost: ${end}; connecting again` } as const;
      case "closed":
        return { name: "lost", words: `closed: ${end}` } as const;
    }
  });
  return { ...socket, time, said, look, ask: (command) => socket.send(commands[command]) };
}
