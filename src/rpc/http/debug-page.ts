import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import Negotiator from "negotiator";
import type { RequestHandler } from "./connect-server.js";
import { debugHTML } from "./debug-html.js";
import { debugScript } from "./debug-script.js";
import type { DebugSnapshot } from "./debug-snapshot.js";
import { debugStyle } from "./debug-style.js";

/**
 * Makes the handler of the page about a server's services: what they are, how often their methods are called, how many
 * calls fail and run, and how long they take. In a browser it keeps itself up to date; who asks for JSON, by `Accept` or
 * by `?format=json`, gets the {@link DebugSnapshot}.
 *
 * Whoever can ask for it can see it. It loads nothing from elsewhere, and lets no other page frame it.
 * @see Go's debug page of net/rpc
 */
export function debugPage(snapshot: () => DebugSnapshot): RequestHandler {
  const policy = policyOf([debugScript], [debugStyle]);
  return (request, response) => {
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("Vary", "Accept");
    response.setHeader("Content-Security-Policy", policy);
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("Allow", "GET, HEAD");
      return fail(response, 405, "405 method not allowed\n");
    }
    let now: DebugSnapshot;
    try {
      now = snapshot();
    } catch {
      return fail(response, 500, "500 internal server error\n");
    }
    if (wantsJSON(request)) answer(request, response, "application/json", `${JSON.stringify(now, null, 2)}\n`);
    else answer(request, response, "text/html; charset=utf-8", debugHTML(now));
  };
}

/** Allows the very scripts and styles that the page holds, and that it asks its own server for news. */
function policyOf(scripts: readonly string[], styles: readonly string[]): string {
  const hashes = (texts: readonly string[]) => texts.map((text) => `'sha256-${sha256(text)}'`).join(" ");
  return [
    "default-src 'none'",
    `script-src ${hashes(scripts)}`,
    `style-src ${hashes(styles)}`,
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}

function wantsJSON(request: IncomingMessage): boolean {
  const [, query = ""] = (request.url ?? "").split("?");
  const format = new URLSearchParams(query).get("format");
  if (format !== null) return format === "json";
  return new Negotiator(request).mediaType(["text/html", "application/json"]) === "application/json";
}

function answer(request: IncomingMessage, response: ServerResponse, type: string, body: string): void {
  const etag = `"${sha256(body).slice(0, 27)}"`;
  response.setHeader("ETag", etag);
  if (request.headers["if-none-match"] === etag) return void response.writeHead(304).end();
  response.writeHead(200, { "Content-Type": type, "Content-Length": Buffer.byteLength(body) }).end(body);
}

function fail(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(body);
}
