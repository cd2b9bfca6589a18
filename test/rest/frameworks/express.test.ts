import { createServer } from "node:http";
import express from "express";
import { describe } from "vitest";
import { toNode } from "../../../src/rest/node/to-node.js";
import { type App, frameworkCases, mounted } from "./cases.js";

function app(...parsers: express.RequestHandler[]): App {
  const app = express();
  for (const parser of parsers) app.use(parser);
  app.use("/api", toNode(mounted("")));
  app.get("/own", (_, response) => void response.send("own"));
  return { server: createServer(app) };
}

describe("Express 5", () => {
  frameworkCases(() => app(), "");
});

describe("Express 5, with body parsers", () => {
  frameworkCases(
    () => app(express.json({ strict: false }), express.text(), express.urlencoded({ extended: true })),
    "",
  );
});
