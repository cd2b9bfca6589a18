import type { IncomingMessage, Server, ServerResponse } from "node:http";
import {
  type BeforeApplicationShutdown,
  type CanActivate,
  Controller,
  Delete,
  type ExecutionContext,
  Get,
  HttpCode,
  Module,
  Post,
  Req,
  Res,
  UnauthorizedException,
  UseGuards,
} from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import type { Request, Response } from "express";
import { attach } from "toolkit/ws";
import type { Running } from "../shared/run-server.js";
import { Echo, upgrader } from "./echo.js";
import { at, urlOf } from "./listening.js";
import { begin, cookieName, cookieOptions, end, isSignedIn } from "./sessions.js";
import { page } from "./whole-page.js";

class SignedIn implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (isSignedIn(context.switchToHttp().getRequest<IncomingMessage>().headers.cookie)) return true;
    throw new UnauthorizedException("Sign in first.");
  }
}

class EchoController implements BeforeApplicationShutdown {
  readonly #echo = new Echo();

  page(): string {
    return page("Nest");
  }
  begin(response: Response): void {
    response.cookie(cookieName, begin(), cookieOptions);
  }
  end(request: Request, response: Response): void {
    end(request.headers.cookie);
    response.clearCookie(cookieName, cookieOptions);
  }
  ws(request: IncomingMessage, response: ServerResponse): Promise<void> {
    return this.#echo.serve(upgrader.upgrade(request, response));
  }
  beforeApplicationShutdown(): Promise<void> {
    return this.#echo.close();
  }
}

// oxlint-disable-next-line typescript/no-extraneous-class -- a module of Nest's is its decorator
class AppModule {}

// Nest's decorators are those of TypeScript's `experimentalDecorators`, which is off here: they are called as what they
// are, functions. The README has the lines as they are written where it is on.
function decorate(name: keyof EchoController, of: MethodDecorator[], params: ParameterDecorator[] = []): void {
  const { prototype } = EchoController;
  const descriptor = { value: prototype[name] } as TypedPropertyDescriptor<never>;
  for (const decorator of of) decorator(prototype, name, descriptor);
  for (const [i, decorator] of params.entries()) decorator(prototype, name, i);
}
decorate("page", [Get()]);
decorate("begin", [Post("session"), HttpCode(204)], [Res({ passthrough: true })]);
decorate("end", [Delete("session"), HttpCode(204)], [Req(), Res({ passthrough: true })]);
decorate("ws", [Get("ws"), UseGuards(SignedIn)], [Req(), Res()]);
Controller()(EchoController);
Module({ controllers: [EchoController] })(AppModule);

/** Serves with Nest. */
export async function serveNest(address: string): Promise<Running> {
  const app = await NestFactory.create(AppModule, { logger: ["error", "warn"] });
  const server = app.getHttpServer() as Server;
  attach(server);
  const { host, port } = at(address);
  await app.listen(port, host);
  return { url: urlOf(server), [Symbol.asyncDispose]: () => app.close() };
}
