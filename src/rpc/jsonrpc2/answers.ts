import {
  createJSONRPCErrorResponse,
  createJSONRPCSuccessResponse,
  JSONRPCErrorCode,
  type JSONRPCID,
  type JSONRPCRequest,
  type JSONRPCResponse,
  JSONRPCServer,
} from "json-rpc-2.0";
import type { RawJSON } from "../json/raw.js";
import type { InvalidText, RequestText } from "./messages.js";
import { responseText } from "./texts.js";

/** What the engine is handed: what it needs to check, and the request itself. */
interface EngineRequest extends JSONRPCRequest {
  readonly text: RequestText;
}

/** The requests of one message, which are answered together. */
interface Exchange {
  /** How many are yet to be answered. */
  open: number;
  /** How many bytes the answers have so far. */
  bytes: number;
  /** Resolves when the answer is on its way. */
  sent: Promise<void>;
}

/** A request that is yet to be answered. */
interface Pending {
  readonly id: RawJSON;
  readonly exchange: Exchange;
  resolve(response: JSONRPCResponse | null): void;
}

/** What {@link Answers} tells of, and asks for. */
export interface AnswersParts {
  /** Sends an answer. */
  readonly send: (text: RawJSON) => void;
  /** Serves a request under a number; a notification is served without an answer. Without it no method is found. */
  readonly serve: ((text: RequestText, seq: number) => void) | undefined;
}

/**
 * Answers requests by the rules of JSON-RPC 2.0: each once, those of a batch together, notifications never.
 *
 * The package json-rpc-2.0 is the engine. What it gets wrong is set right around it: it sees only what is known to be an
 * object with the right types or to be none; a batch with one answer is still a batch; and nothing that goes wrong within
 * is told to the peer.
 */
export class Answers {
  readonly #engine = new JSONRPCServer<Exchange>({ errorListener: () => {} });
  readonly #parts: AnswersParts;
  readonly #pending = new Map<number | bigint, Pending>();
  readonly #seqs = new Map<RawJSON, number>();
  /** The exchanges whose answers are complete, but not sent. */
  readonly #closing = new Set<Exchange>();
  #seq = 0;

  constructor(parts: AnswersParts) {
    this.#parts = parts;
    this.#engine.mapErrorToJSONRPCErrorResponse = internalError;
    this.#engine.applyMiddleware((next, request, exchange) =>
      parts.serve === undefined ? next(request, exchange) : this.#serve((request as EngineRequest).text, exchange),
    );
  }

  /** Takes the requests of a message, among which may be what is none. */
  receive(parts: readonly (RequestText | InvalidText)[], isBatch: boolean): void {
    const exchange: Exchange = { open: 0, bytes: 0, sent: Promise.resolve() };
    const requests = parts.map(engineRequest);
    const answer = isBatch
      ? this.#engine.receive(requests, exchange)
      : this.#engine.receive(requests[0] as JSONRPCRequest, exchange);
    exchange.sent = Promise.resolve(answer).then((responses) => this.#send(responses, isBatch && parts.length > 0));
    if (exchange.open === 0) this.#close(exchange);
  }

  /** Returns the request with this number, if it is yet to be answered. */
  find(seq: number | bigint): { readonly id: RawJSON; readonly bytes: number } | undefined {
    const pending = this.#pending.get(seq);
    return pending && { id: pending.id, bytes: pending.exchange.bytes };
  }

  /** Returns the number of the request that came last with this id and is yet to be answered. */
  seqOf(id: RawJSON): number | undefined {
    return this.#seqs.get(id);
  }

  /** Answers with a result, of so many bytes. */
  succeed(seq: number | bigint, result: RawJSON, bytes: number): void {
    this.#settle(seq, bytes, (id) => createJSONRPCSuccessResponse(id, result));
  }

  /** Answers with an error. */
  fail(seq: number | bigint, { code, message, data }: { code: number; message: string; data?: RawJSON }): void {
    this.#settle(seq, 0, (id) => createJSONRPCErrorResponse(id, code, message, data));
  }

  /** Resolves when all answers that are complete by now are on their way. */
  async sent(): Promise<void> {
    await Promise.all(Array.from(this.#closing, ({ sent }) => sent));
  }

  /** Lets go of all that is yet to be answered. */
  close(): void {
    for (const { resolve } of this.#pending.values()) resolve(null);
    this.#pending.clear();
    this.#seqs.clear();
  }

  #serve(text: RequestText, exchange: Exchange): PromiseLike<JSONRPCResponse | null> {
    const seq = ++this.#seq;
    const { id } = text;
    if (id === undefined) {
      this.#parts.serve?.(text, seq);
      return Promise.resolve(null);
    }
    exchange.open++;
    return new Promise((resolve) => {
      this.#pending.set(seq, { id, exchange, resolve });
      this.#seqs.set(id, seq);
      this.#parts.serve?.(text, seq);
    });
  }

  #settle(seq: number | bigint, bytes: number, make: (id: JSONRPCID) => JSONRPCResponse): void {
    const pending = this.#pending.get(seq);
    if (pending === undefined) return;
    const { id, exchange } = pending;
    this.#pending.delete(seq);
    if (this.#seqs.get(id) === seq) this.#seqs.delete(id);
    exchange.bytes += bytes;
    exchange.open--;
    pending.resolve(make(id));
    if (exchange.open === 0) this.#close(exchange);
  }

  #close(exchange: Exchange): void {
    this.#closing.add(exchange);
    void exchange.sent.then(() => this.#closing.delete(exchange));
  }

  #send(answer: JSONRPCResponse | JSONRPCResponse[] | null, isBatch: boolean): void {
    if (answer === null) return;
    const responses = Array.isArray(answer) ? answer : [answer];
    const texts = responses.map(responseText).join(",");
    this.#parts.send(isBatch ? `[${texts}]` : texts);
  }
}

/** What is no request is handed over without its version, so that the engine refuses it. */
function engineRequest(part: RequestText | InvalidText): JSONRPCRequest {
  const id = part.id === undefined ? {} : { id: part.id };
  if (part.kind === "invalid") return id as JSONRPCRequest;
  return { jsonrpc: "2.0", method: part.method, ...id, text: part } as EngineRequest;
}

function internalError(id: JSONRPCID): ReturnType<typeof createJSONRPCErrorResponse> {
  return createJSONRPCErrorResponse(id, JSONRPCErrorCode.InternalError, "Internal error");
}
