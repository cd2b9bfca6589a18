import * as browser from "../../../src/ws/browser/index.js";
import type { DialOptions } from "../../../src/ws/browser/options.js";
import * as ws from "../../../src/ws/index.js";

/** A browser's conn, and our server's end of it. */
export interface Pair {
  readonly client: browser.Conn;
  readonly server: ws.Conn;
}

/** Connects a browser to a server of ours. */
export async function pair(options: DialOptions = {}, listenOptions: ws.ListenOptions = {}): Promise<Pair> {
  const listener = await ws.listen("127.0.0.1:0", listenOptions);
  const [client, server] = await Promise.all([browser.dial(listener.addr.toString(), options), listener.accept()]);
  listener.close();
  return { client, server };
}

/** Closes both ends, and waits for both. */
export async function closeBoth({ client, server }: Pair): Promise<void> {
  client.close();
  server.close();
  await Promise.all([client.closed, server.closed]);
}
