import { connect } from "node:net";
import { onTestFinished } from "vitest";
import { type RestServer, serve } from "../../../src/rest/node/serve.js";
import type { Fetch } from "../../../src/rest/types.js";
import { type Ask, readAnswer } from "../asking.js";

/** Serves until the test is over. */
export async function serving(handler: Fetch): Promise<RestServer> {
  const server = await serve("127.0.0.1:0", handler);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

/** Asks a server over the wire. */
export function askingAt(url: string): Ask {
  return async (line, fields = {}, body) => {
    const [method = "", path = ""] = line.split(" ");
    const init = {
      method,
      headers: { Connection: "close", ...fields },
      body: body ?? null,
      duplex: "half",
      redirect: "manual",
    };
    return readAnswer(await fetch(url + path, init as RequestInit));
  };
}

/** Sends bytes as they are; gives all that comes back until the server ends the connection. */
export async function send(server: RestServer, ...lines: string[]): Promise<string> {
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  socket.write(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
  let answer = "";
  for await (const chunk of socket as AsyncIterable<Buffer>) answer += chunk.toString("latin1");
  return answer;
}
