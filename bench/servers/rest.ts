// A small JSON API in one of several ways: GET /videos/{id}, POST /videos. rest.ts node|toolkit|toolkit-no-etag|hono|fastify|express
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

process.env["NODE_ENV"] = "production"; // before Express is loaded

/** What all of them answer with. */
const video = (id: string) => ({ id, title: "Metropolis", year: 1927 });

function ready(server: Server): void {
  console.log(`READY 127.0.0.1:${(server.address() as AddressInfo).port}`);
}

function listen(server: Server): void {
  server.listen(0, "127.0.0.1", () => ready(server));
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString());
}

/** The least that does it by hand. */
function bare(): void {
  const server = createServer((request, response) => {
    const send = (value: unknown) => {
      const body = JSON.stringify(value);
      response.writeHead(200, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) });
      response.end(body);
    };
    if (request.method === "POST") void readJson(request).then(send);
    else send(video((request.url ?? "").slice("/videos/".length)));
  });
  listen(server);
}

async function toolkit(etag: boolean): Promise<void> {
  const rest = await import("toolkit/rest");
  const handler = rest.handler({
    resources: [
      rest.resource("/videos/{id}", { GET: (_request, { params }) => video(params["id"] ?? "") }),
      rest.resource("/videos", { POST: (_request, { body }) => body() }),
    ],
    represent: [rest.json, rest.xml, rest.html, rest.text, rest.msgpack],
    etag,
  });
  ready((await rest.serve("127.0.0.1:0", handler)).server);
}

async function hono(): Promise<void> {
  const [{ Hono }, { serve }] = await Promise.all([import("hono"), import("@hono/node-server")]);
  const app = new Hono();
  app.get("/videos/:id", (c) => c.json(video(c.req.param("id"))));
  app.post("/videos", async (c) => c.json(await c.req.json()));
  const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, () => ready(server as Server));
}

async function fastify(): Promise<void> {
  const app = (await import("fastify")).fastify();
  app.get<{ Params: { id: string } }>("/videos/:id", async ({ params }) => video(params.id));
  app.post("/videos", async ({ body }) => body);
  await app.listen({ port: 0, host: "127.0.0.1" });
  ready(app.server);
}

async function express(): Promise<void> {
  const { default: make } = await import("express");
  const app = make();
  app.use(make.json());
  app.get("/videos/:id", ({ params }, response) => void response.json(video(params.id)));
  app.post("/videos", ({ body }, response) => void response.json(body as unknown));
  listen(createServer(app));
}

const ways: Record<string, () => unknown> = {
  node: bare,
  toolkit: () => toolkit(true),
  "toolkit-no-etag": () => toolkit(false),
  hono,
  fastify,
  express,
};
process.once("SIGINT", () => process.exit());
await ways[process.argv[2] ?? ""]?.();
