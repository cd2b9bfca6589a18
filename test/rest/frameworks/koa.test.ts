import { createServer } from "node:http";
import Koa from "koa";
import { describe } from "vitest";
import { toNode } from "../../../src/rest/node/to-node.js";
import { type App, frameworkCases, mounted } from "./cases.js";

function app(): App {
  const listener = toNode(mounted("/api"));
  const app = new Koa();
  app.use((ctx, next) => {
    if (!ctx.path.startsWith("/api")) return next();
    ctx.respond = false;
    return listener(ctx.req, ctx.res);
  });
  app.use((ctx) => {
    ctx.body = "own";
  });
  const callback = app.callback();
  return { server: createServer((request, response) => void callback(request, response)) };
}

describe("Koa 3", () => {
  frameworkCases(app, "/api");
});
