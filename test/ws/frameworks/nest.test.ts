import type { IncomingMessage, Server, ServerResponse } from "node:http";
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  Redirect,
  Req,
  Res,
  UnauthorizedException,
  UseGuards,
} from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { describe } from "vitest";
import { HandshakeError } from "../../../src/ws/handshake-error.js";
import { type App, echo, frameworkCases, token, upgrader } from "./cases.js";

const seen: string[] = [];
const outcomes: string[] = [];

class Guard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<IncomingMessage>();
    if (request.headers.authorization === token) return true;
    throw new UnauthorizedException("who are you?");
  }
}

class Chat {
  async echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await echo(await upgrader.upgrade(request, response, { "Set-Cookie": "own=2" }));
      outcomes.push("ended");
    } catch (err) {
      outcomes.push(err instanceof HandshakeError ? String(err.status) : "ended");
    }
  }
  async careless(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await upgrader.upgrade(request, response);
  }
  guarded(request: IncomingMessage, response: ServerResponse): Promise<void> {
    return this.echo(request, response);
  }
  moved(): void {}
  plain(): string {
    return "plain";
  }
}

/** Decorates a method as the syntax would, which needs a compiler of its own kind. */
function decorate(name: keyof Chat, ...decorators: MethodDecorator[]): void {
  const descriptor = Object.getOwnPropertyDescriptor(Chat.prototype, name) ?? {};
  for (const each of decorators) each(Chat.prototype, name, descriptor as TypedPropertyDescriptor<never>);
}
for (const name of ["echo", "careless", "guarded"] as const) {
  Req()(Chat.prototype, name, 0);
  Res()(Chat.prototype, name, 1);
}
decorate("echo", Get("echo"));
decorate("careless", Get("careless"));
decorate("guarded", Get("private"), UseGuards(Guard));
decorate("moved", Get("moved"), Redirect("/echo"));
decorate("plain", Get("plain"));
Controller()(Chat);

class AppModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer
      .apply((request: IncomingMessage & { originalUrl: string }, response: ServerResponse, next: () => void) => {
        seen.push(request.originalUrl);
        response.setHeader("X-Middleware", "ran").setHeader("Set-Cookie", ["session=1"]);
        next();
      })
      .forRoutes("*all");
  }
}
Module({ controllers: [Chat] })(AppModule);

async function app(): Promise<App> {
  const app = await NestFactory.create(AppModule, { logger: false });
  await app.init();
  return { server: app.getHttpServer() as Server, seen, outcomes, close: () => app.close() };
}

describe("NestJS 11", () => {
  frameworkCases(app);
});
