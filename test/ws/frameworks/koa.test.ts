import { createServer } from "node:http";
import Koa, { type Context } from "koa";
import { describe } from "vitest";
import { HandshakeError } from "../../../src/ws/handshake-error.js";
import { type App, echo, frameworkCases, token, upgrader } from "./cases.js";

function app(): App {
  const seen: string[] = [];
  const outcomes: string[] = [];
  const app = new Koa();
  app.use(async (ctx, next) => {
    seen.push(ctx.path);
    ctx.set("X-Middleware", "ran");
    ctx.set("Set-Cookie", ["session=1"]);
    await next();
  });
  const handler = async (ctx: Context) => {
    try {
      await echo(await upgrader.upgrade(ctx.req, ctx.res, { "Set-Cookie": ["own=2"] }));
      outcomes.push("ended");
    } catch (err) {
      outcomes.push(err instanceof HandshakeError ? String(err.status) : "ended");
    }
  };
  app.use(async (ctx) => {
    if (ctx.path === "/echo") await handler(ctx);
    else if (ctx.path === "/careless") await upgrader.upgrade(ctx.req, ctx.res);
    else if (ctx.path === "/moved") ctx.redirect("/echo");
    else if (ctx.path === "/plain") ctx.body = "plain";
    else if (ctx.path !== "/private") ctx.status = 404;
    else if (ctx.get("Authorization") === token) await handler(ctx);
    else ctx.throw(401, "who are you?");
  });
  return { server: createServer((request, response) => void app.callback()(request, response)), seen, outcomes };
}

describe("Koa 3", () => {
  frameworkCases(app);
});
