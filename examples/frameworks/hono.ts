import type { Server } from "node:http";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { Hono, type MiddlewareHandler } from "hono";
import { deleteCookie, setCookie } from "hono/cookie";
import { attach } from "toolkit/ws";
import type { Running } from "../shared/run-server.js";
import { Echo, upgrader } from "./echo.js";
import { closeServer, listening } from "./listening.js";
import { begin, cookieName, cookieOptions, end, isSignedIn } from "./sessions.js";
import { page } from "./whole-page.js";

/** Serves with Hono, on its server for Node. */
export async function serveHono(address: string): Promise<Running> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  const echo = new Echo();

  const signedIn: MiddlewareHandler = async (c, next) => {
    if (!isSignedIn(c.req.header("Cookie"))) return c.text("Sign in first.", 401);
    return next();
  };
  app.get("/", (c) => c.html(page("Hono")));
  app.post("/session", (c) => {
    setCookie(c, cookieName, begin(), cookieOptions);
    return c.body(null, 204);
  });
  app.delete("/session", (c) => {
    end(c.req.header("Cookie"));
    deleteCookie(c, cookieName, cookieOptions);
    return c.body(null, 204);
  });
  app.get("/ws", signedIn, async (c) => {
    await echo.serve(upgrader.upgrade(c.env.incoming, c.env.outgoing));
    return c.body(null); // Hono wants an answer; this one goes nowhere
  });

  const server = createAdaptorServer({ fetch: app.fetch }) as Server; // it could be one of HTTP/2 too
  attach(server);
  return listening(server, address, async () => {
    await echo.close();
    await closeServer(server);
  });
}
