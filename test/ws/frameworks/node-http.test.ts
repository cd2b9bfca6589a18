import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { describe } from "vitest";
import { HandshakeError } from "../../../src/ws/handshake-error.js";
import { type App, echo, frameworkCases, token, upgrader } from "./cases.js";

function app(): App {
  const seen: string[] = [];
  const outcomes: string[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    try {
      await echo(await upgrader.upgrade(request, response, { "Set-Cookie": "own=2" }));
      outcomes.push("ended");
    } catch (err) {
      outcomes.push(err instanceof HandshakeError ? String(err.status) : "ended");
    }
  };
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    seen.push(path);
    response.setHeader("X-Middleware", "ran").setHeader("Set-Cookie", ["session=1"]);
    if (path === "/echo") void serve(request, response);
    else if (path === "/careless") upgrader.upgrade(request, response).catch(() => {});
    else if (path === "/plain") response.end("plain");
    else if (path === "/moved") response.writeHead(302, { Location: "/echo" }).end();
    else if (path !== "/private") response.writeHead(404).end();
    else if (request.headers.authorization === token) void serve(request, response);
    else response.writeHead(401, { "Content-Length": 12 }).end("who are you?");
  });
  return { server, seen, outcomes };
}

describe("node:http", () => {
  frameworkCases(app);
});
