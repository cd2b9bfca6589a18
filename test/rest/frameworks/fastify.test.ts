import { fastify } from "fastify";
import { describe } from "vitest";
import { toNode } from "../../../src/rest/node/to-node.js";
import { type App, frameworkCases, mounted } from "./cases.js";

async function app(): Promise<App> {
  const listener = toNode(mounted("/api"));
  const app = fastify();
  app.get("/own", () => "own");
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _body, done) => done(null));
    scope.all("/api/*", (request, reply) => {
      reply.hijack();
      listener(request.raw, reply.raw);
    });
  });
  await app.ready();
  return { server: app.server, close: () => app.close() };
}

describe("Fastify 5", () => {
  frameworkCases(app, "/api");
});
