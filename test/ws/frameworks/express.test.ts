/* oxlint-disable oxc/no-async-endpoint-handlers -- Express 5 awaits them */
import { createServer } from "node:http";
import express, { type Request, type Response } from "express";
import { describe } from "vitest";
import { HandshakeError } from "../../../src/ws/handshake-error.js";
import { type App, echo, frameworkCases, token, upgrader } from "./cases.js";

function app(): App {
  const seen: string[] = [];
  const outcomes: string[] = [];
  const app = express();
  app.use((request, response, next) => {
    seen.push(request.path);
    response.set("X-Middleware", "ran").cookie("session", "1", { path: "" });
    next();
  });
  const handler = async (request: Request, response: Response) => {
    try {
      await echo(await upgrader.upgrade(request, response, [["Set-Cookie", "own=2"]]));
      outcomes.push("ended");
    } catch (err) {
      outcomes.push(err instanceof HandshakeError ? String(err.status) : "ended");
    }
  };
  app.get("/echo", handler);
  app.get("/careless", async (request, response) => {
    await upgrader.upgrade(request, response);
  });
  app.use("/private", (request, response, next) => {
    if (request.get("authorization") === token) next();
    else response.status(401).send("who are you?");
  });
  app.get("/private", handler);
  app.get("/moved", (_, response) => response.redirect("/echo"));
  app.get("/plain", (_, response) => void response.send("plain"));
  return { server: createServer(app), seen, outcomes };
}

describe("Express 5", () => {
  frameworkCases(app);
});
