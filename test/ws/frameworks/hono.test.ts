import type { Server } from "node:http";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { describe } from "vitest";
import { HandshakeError } from "../../../src/ws/handshake-error.js";
import { type App, echo, frameworkCases, token, upgrader } from "./cases.js";

type Env = { Bindings: HttpBindings };

function app(): App {
  const seen: string[] = [];
  const outcomes: string[] = [];
  const app = new Hono<Env>();
  app.use(async (c, next) => {
    seen.push(c.req.path);
    c.env.outgoing.setHeader("X-Middleware", "ran").setHeader("Set-Cookie", ["session=1"]);
    await next();
  });
  const handler = async (c: Context<Env>) => {
    try {
      await echo(await upgrader.upgrade(c.env.incoming, c.env.outgoing, { "Set-Cookie": "own=2" }));
      outcomes.push("ended");
    } catch (err) {
      outcomes.push(err instanceof HandshakeError ? String(err.status) : "ended");
    }
    return c.body(null);
  };
  app.get("/echo", handler);
  app.get("/careless", async (c) => {
    await upgrader.upgrade(c.env.incoming, c.env.outgoing);
    return c.text("what Hono wants");
  });
  app.use("/private", async (c, next) => {
    if (c.req.header("Authorization") !== token) return c.text("who are you?", 401);
    return next();
  });
  app.get("/private", handler);
  app.get("/moved", (c) => c.redirect("/echo"));
  app.get("/plain", (c) => c.text("plain"));
  const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false }) as Server; // of the three kinds that it may be
  return { server, seen, outcomes };
}

describe("Hono on its server for Node", () => {
  frameworkCases(app);
});
