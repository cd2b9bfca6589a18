import type { Running } from "../shared/run-server.js";
import { serveExpress } from "./express.js";
import { serveFastify } from "./fastify.js";
import { serveHono } from "./hono.js";
import { serveKoa } from "./koa.js";
import { serveNest } from "./nest.js";

/** What starts each framework, by the name of its file. */
export const frameworks: Readonly<Record<string, (address: string) => Promise<Running>>> = {
  express: serveExpress,
  fastify: serveFastify,
  hono: serveHono,
  koa: serveKoa,
  nest: serveNest,
};
