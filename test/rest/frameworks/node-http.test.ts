import { createServer } from "node:http";
import { describe } from "vitest";
import { toNode } from "../../../src/rest/node/to-node.js";
import { type App, frameworkCases, mounted } from "./cases.js";

function app(): App {
  const listener = toNode(mounted("/api"));
  const server = createServer((request, response) => {
    if (request.url?.startsWith("/api") === true) listener(request, response);
    else response.end("own");
  });
  return { server };
}

describe("node:http", () => {
  frameworkCases(app, "/api");
});
