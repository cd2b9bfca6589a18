import { createServer } from "node:http";
import Koa, { type Context, type Middleware } from "koa";
import { attach } from "toolkit/ws";
import type { Running } from "../shared/run-server.js";
import { Echo, upgrader } from "./echo.js";
import { closeServer, listening } from "./listening.js";
import { begin, cookieName, cookieOptions, end, isSignedIn } from "./sessions.js";
import { page } from "./whole-page.js";

/** Serves with Koa. */
export async function serveKoa(address: string): Promise<Running> {
  const app = new Koa();
  const echo = new Echo();

  const signedIn: Middleware = async (ctx, next) => {
    if (ctx.path === "/ws" && !isSignedIn(ctx.get("Cookie"))) ctx.throw(401, "Sign in first.");
    await next();
  };
  type Route = (ctx: Context) => void | Promise<void>;
  const routes: Readonly<Record<string, Route>> = {
    "GET /": (ctx) => void (ctx.body = page("Koa")),
    "POST /session": (ctx) => {
      ctx.cookies.set(cookieName, begin(), cookieOptions);
      ctx.status = 204;
    },
    "DELETE /session": (ctx) => {
      end(ctx.get("Cookie"));
      ctx.cookies.set(cookieName, null, cookieOptions);
      ctx.status = 204;
    },
    "GET /ws": (ctx) => echo.serve(upgrader.upgrade(ctx.req, ctx.res)),
  };
  app.use(signedIn);
  app.use((ctx) => routes[`${ctx.method} ${ctx.path}`]?.(ctx)); // a router would do that

  const handle = app.callback();
  const server = createServer((request, response) => void handle(request, response));
  attach(server);
  return listening(server, address, async () => {
    await echo.close();
    await closeServer(server);
  });
}
