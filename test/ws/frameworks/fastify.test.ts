import { type FastifyReply, type FastifyRequest, fastify } from "fastify";
import { describe } from "vitest";
import { HandshakeError } from "../../../src/ws/handshake-error.js";
import { type App, echo, frameworkCases, token, upgrader } from "./cases.js";

async function app(): Promise<App> {
  const seen: string[] = [];
  const outcomes: string[] = [];
  const app = fastify();
  app.addHook("onRequest", async (request, reply) => {
    seen.push(request.url);
    reply.header("X-Middleware", "ran").header("Set-Cookie", "session=1");
  });
  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    try {
      reply.header("Set-Cookie", "own=2");
      await echo(await upgrader.upgrade(request.raw, reply.raw, reply.getHeaders()));
      outcomes.push("ended");
    } catch (err) {
      outcomes.push(err instanceof HandshakeError ? String(err.status) : "ended");
    }
  };
  app.get("/echo", handler);
  app.get("/careless", async (request, reply) => {
    await upgrader.upgrade(request.raw, reply.raw);
  });
  const preHandler = async (request: FastifyRequest, reply: FastifyReply) => {
    if (request.headers.authorization !== token) await reply.code(401).send("who are you?");
  };
  app.get("/private", { preHandler }, handler);
  app.get("/moved", (_, reply) => reply.redirect("/echo"));
  app.get("/plain", () => "plain");
  await app.ready();
  return { server: app.server, seen, outcomes, close: () => app.close() };
}

describe("Fastify 5", () => {
  frameworkCases(app);
});
