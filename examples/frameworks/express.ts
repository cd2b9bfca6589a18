import { createServer } from "node:http";
import express, { type RequestHandler } from "express";
import { attach } from "toolkit/ws";
import type { Running } from "../shared/run-server.js";
import { Echo, upgrader } from "./echo.js";
import { closeServer, listening } from "./listening.js";
import { begin, cookieName, cookieOptions, end, isSignedIn } from "./sessions.js";
import { page } from "./whole-page.js";

/** Serves with Express. */
export async function serveExpress(address: string): Promise<Running> {
  const app = express();
  const echo = new Echo();

  const signedIn: RequestHandler = (request, response, next) => {
    if (isSignedIn(request.headers.cookie)) next();
    else response.status(401).send("Sign in first.");
  };
  app.get("/", (_, response) => void response.send(page("Express")));
  app.post("/session", (_, response) => void response.cookie(cookieName, begin(), cookieOptions).sendStatus(204));
  app.delete("/session", (request, response) => {
    end(request.headers.cookie);
    response.clearCookie(cookieName, cookieOptions).sendStatus(204);
  });
  app.get("/ws", signedIn, (request, response) => echo.serve(upgrader.upgrade(request, response)));

  const server = createServer(app); // `app.listen` hides the server that `attach` needs until it listens
  attach(server);
  return listening(server, address, async () => {
    await echo.close();
    await closeServer(server);
  });
}
