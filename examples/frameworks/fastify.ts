import { fastify } from "fastify";
import { attach } from "toolkit/ws";
import type { Running } from "../shared/run-server.js";
import { Echo, upgrader } from "./echo.js";
import { at, urlOf } from "./listening.js";
import { begin, cookieName, end, isSignedIn } from "./sessions.js";
import { page } from "./whole-page.js";

const cookie = (value: string) => `${cookieName}=${value}; Path=/; HttpOnly; SameSite=Strict`; // a plugin would do that

/** Serves with Fastify. */
export async function serveFastify(address: string): Promise<Running> {
  const app = fastify();
  const echo = new Echo();

  app.get("/", (_, reply) => reply.type("text/html").send(page("Fastify")));
  app.post("/session", (_, reply) => reply.header("Set-Cookie", cookie(begin())).code(204).send());
  app.delete("/session", (request, reply) => {
    end(request.headers.cookie);
    return reply
      .header("Set-Cookie", `${cookie("")}; Max-Age=0`)
      .code(204)
      .send();
  });
  app.register(async (members) => {
    members.addHook("onRequest", async (request, reply) => {
      if (!isSignedIn(request.headers.cookie)) await reply.code(401).send("Sign in first.");
    });
    members.get("/ws", (request, reply) => echo.serve(upgrader.upgrade(request.raw, reply.raw, reply.getHeaders())));
  });
  app.addHook("preClose", () => echo.close());

  attach(app.server);
  await app.listen(at(address));
  return { url: urlOf(app.server), [Symbol.asyncDispose]: () => app.close() };
}
