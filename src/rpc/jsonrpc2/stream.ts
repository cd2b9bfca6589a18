import { createJSONRPCErrorResponse, JSONRPCErrorCode } from "json-rpc-2.0";
import type { Addr, Closer, Reader, Writer } from "../../net/conn.js";
import { LimitError, UnexpectedEOFError } from "../../net/errors.js";
import {
  type Awaitable,
  type BodyType,
  type CodecLimits,
  cancelMethod,
  creditMethod,
  type Request,
  type Response,
} from "../codec.js";
import { ProtocolError } from "../errors.js";
import type { RawJSON } from "../json/raw.js";
import { TextStream } from "../json/text-stream.js";
import { Answers } from "./answers.js";
import { numberOf } from "./codes.js";
import { readProgress, readResponse } from "./incoming.js";
import {
  defaultMaxBatchSize,
  type InvalidText,
  memberOf,
  type Part,
  type RequestText,
  type ResponseText,
  readMessage,
} from "./messages.js";
import { decodeParams, encodeParams } from "./params.js";
import { notificationText, requestText, responseText } from "./texts.js";

/** What a JSON-RPC 2.0 codec bounds of what a peer may send. */
export interface JSON2Limits extends CodecLimits {
  /** The most messages in one batch; a larger one is refused whole. @default 1_024 */
  maxBatchSize?: number | undefined;
}

/** What one end of a connection does. */
export interface JSON2Roles {
  /** Whether it serves calls. */
  readonly serves: boolean;
  /** Whether it makes calls. */
  readonly calls: boolean;
  /** Whether replies may be streams. */
  readonly streams: boolean;
}

/** The header of a request or response that has come, and its body as it stood in the message. */
export type Item =
  | { readonly kind: "request"; readonly header: Request; readonly body: RawJSON | undefined }
  | { readonly kind: "response"; readonly header: Response; readonly body: RawJSON | undefined };

/** What a response has around its result, and more. */
const envelopeBytes = 64;
/** The notifications of the protocol itself, as the Language Server Protocol names its own. */
const cancelNotification = "$/cancelRequest";
const creditNotification = "$/credit";
const streamNotification = "$/stream";

/** Carries JSON-RPC 2.0 over a conn, in both directions: what the codecs have in common. */
export class JSON2Stream {
  readonly #texts: TextStream;
  readonly #roles: JSON2Roles;
  readonly #maxBatchSize: number;
  readonly #answers: Answers;
  /** What the last messages held and nobody has taken yet. */
  #items: Item[] = [];
  #taken = 0;
  /** Whether the last message is answered here, so that a peer that reads no answers must be waited for. */
  #isAnswered = false;
  #hasRefused = false;
  /** Resolves when what was said last is on its way. */
  #said: Promise<void> = Promise.resolve();

  constructor(conn: Reader & Writer & Closer, limits: JSON2Limits, roles: JSON2Roles) {
    this.#texts = new TextStream(conn, { ...limits, skipsLines: roles.serves });
    this.#roles = roles;
    this.#maxBatchSize = limits.maxBatchSize ?? defaultMaxBatchSize;
    const serve = (text: RequestText, seq: number) => this.#serve(text, seq);
    this.#answers = new Answers({ send: (text) => this.#send(text), serve: roles.serves ? serve : undefined });
  }

  get remoteAddr(): Addr | null {
    return this.#texts.remoteAddr;
  }

  /** Gives the next request or response; `null` at the end of the stream. Answers at once if it is there. */
  next(): Awaitable<Item | null> {
    const step = this.#step();
    return step instanceof Promise ? this.#wait(step) : step;
  }

  /** Decodes the arguments of a request. */
  decodeArgs(body: RawJSON | undefined, type: BodyType | null): unknown {
    return type === null ? undefined : decodeParams(body, type, this.#texts.values);
  }

  /** Decodes the reply in a response. */
  decodeReply(body: RawJSON | undefined, type: BodyType | null): unknown {
    return type === null || body === undefined ? undefined : this.#texts.values.decode(body, type);
  }

  /** Writes a request, or a notification. */
  writeRequest(request: Request, args: unknown, type?: BodyType): Awaitable<void> {
    this.#texts.check();
    const own = this.#ownNotification(request.serviceMethod, args);
    const params = own ?? encodeParams(args, this.#texts.values, type);
    const known = this.#roles.streams ? request : { ...request, window: undefined };
    return this.#texts.write(`${own ?? requestText(known, params)}\n`);
  }

  /** Writes a response, or one reply of a stream. A notification has none, whatever is said. */
  writeResponse(response: Response, body: unknown, type?: BodyType): Awaitable<void> {
    this.#texts.check();
    const pending = this.#answers.find(response.seq);
    if (pending === undefined) return undefined;
    if (response.error !== "") this.#answers.fail(response.seq, this.#errorOf(response));
    else {
      const result = this.#texts.values.encode(body, type?.schema) ?? "null";
      if (response.isPartial) return this.#writePartial(pending.id, result);
      const more = pending.bytes + envelopeBytes + pending.id.length * 3;
      this.#answers.succeed(response.seq, result, this.#texts.measure(result, more) + more - pending.bytes);
    }
    return this.#texts.isFull ? this.#texts.drained() : undefined;
  }

  /** Resolves when all that was written has left. */
  async flush(): Promise<void> {
    await this.#answers.sent();
    await this.#said;
    await this.#texts.drained();
  }

  /** Closes the conn. */
  close(): void {
    this.#texts.close();
    this.#answers.close();
    this.#items = [];
  }

  async #wait(first: Promise<boolean>): Promise<Item | null> {
    for (let step: Item | null | Promise<boolean> = first; ; step = this.#step()) {
      if (!(step instanceof Promise)) return step;
      if (!(await step)) return null;
    }
  }

  /** Gives what is there, or what to wait for; then there may be more, or `false` at the end. */
  #step(): Item | null | Promise<boolean> {
    for (;;) {
      const item = this.#take();
      if (item !== undefined) return item;
      if (this.#isAnswered && this.#texts.isFull) return this.#texts.drained().then(() => true);
      const found = this.#nextText();
      if (found instanceof Promise) return found;
      if (!found) return null;
    }
  }

  #take(): Item | undefined {
    const item = this.#items[this.#taken];
    if (item !== undefined) this.#taken++;
    else if (this.#taken > 0) {
      this.#items = [];
      this.#taken = 0;
    }
    return item;
  }

  #nextText(): Awaitable<boolean> {
    let found: Awaitable<boolean>;
    try {
      found = this.#texts.next();
    } catch (err) {
      return this.#refuse(err);
    }
    if (!(found instanceof Promise)) return found && this.#receive();
    return found.then(
      (isThere) => isThere && this.#receive(),
      (err: unknown) => this.#refuse(err),
    );
  }

  /** What is no JSON, or beyond a limit, ends the stream; a server says so first. */
  #refuse(err: unknown): never {
    const isOurs = this.#roles.serves && !this.#hasRefused;
    this.#hasRefused = true;
    if (isOurs && err instanceof LimitError) this.#sayInvalid(err.message);
    else if (isOurs && (err instanceof ProtocolError || err instanceof UnexpectedEOFError)) this.#sayUnparsed();
    throw err;
  }

  /** Takes the message apart that has come. */
  #receive(): true {
    this.#isAnswered = true;
    if (this.#texts.isBroken) {
      this.#sayUnparsed();
      return true;
    }
    const message = readMessage(this.#texts.text(), this.#maxBatchSize);
    if (message === null) this.#sayInvalid(`more than ${this.#maxBatchSize} in a batch (option maxBatchSize)`);
    else this.#distribute(message.parts, message.isBatch);
    return true;
  }

  #distribute(parts: readonly Part[], isBatch: boolean): void {
    const requests: (RequestText | InvalidText)[] = [];
    for (const part of parts) {
      if (part.kind === "response") this.#takeResponse(part);
      else if (part.kind === "request" && this.#takeProgress(part)) continue;
      else if (part.kind === "invalid" && (part.isResponse || !this.#roles.serves)) this.#dismiss();
      else requests.push(part);
    }
    this.#isAnswered = !this.#roles.serves || requests.some(({ kind }) => kind === "invalid");
    if (requests.length > 0 || parts.length === 0) this.#answers.receive(requests, isBatch);
  }

  /** A client has no use for what is no message; a server is not to answer what may be an answer. */
  #dismiss(): void {
    if (this.#roles.calls) this.#end(new ProtocolError("jsonrpc2: message is neither a request nor a response"));
  }

  #takeResponse(part: ResponseText): void {
    if (!this.#roles.calls) return;
    try {
      const header = readResponse(part);
      if (header !== null) this.#items.push({ kind: "response", header, body: part.result });
    } catch (err) {
      this.#end(err);
    }
  }

  /** Takes a reply of a stream; tells whether it was one. */
  #takeProgress(part: RequestText): boolean {
    if (part.method !== streamNotification || part.id !== undefined || !this.#roles.calls) return false;
    const progress = readProgress(part.params);
    if (progress !== null) this.#items.push({ kind: "response", ...progress });
    return true;
  }

  #end(reason: unknown): never {
    this.#texts.refuse(reason);
    throw reason;
  }

  #serve(text: RequestText, seq: number): void {
    const { method: serviceMethod, params, meta, timeoutMs } = text;
    if (text.id !== undefined || !serviceMethod.startsWith("$/")) {
      const window = this.#roles.streams ? text.window : undefined;
      const isNotification = text.id === undefined;
      const header = { serviceMethod, seq, meta, timeoutMs, window, isNotification };
      this.#items.push({ kind: "request", header, body: params });
    } else this.#serveOwn(text, seq);
  }

  /** Serves the notifications of the protocol itself; those that it does not know are passed over. */
  #serveOwn({ method, params }: RequestText, seq: number): void {
    const target = this.#answers.seqOf(memberOf(params, "id") ?? "");
    if (target === undefined) return;
    const n = memberOf(params, "n") ?? "0";
    const header = { seq, isNotification: true };
    if (method === cancelNotification) {
      const body = `{"Seq":${target}}`;
      this.#items.push({ kind: "request", header: { serviceMethod: cancelMethod, ...header }, body });
    } else if (method === creditNotification && /^\d{1,15}$/.test(n)) {
      const body = `{"Seq":${target},"N":${n}}`;
      this.#items.push({ kind: "request", header: { serviceMethod: creditMethod, ...header }, body });
    }
  }

  #ownNotification(serviceMethod: string, args: unknown): RawJSON | undefined {
    const { Seq, N } = (args ?? {}) as { Seq?: unknown; N?: unknown };
    if (serviceMethod === cancelMethod) return notificationText(cancelNotification, `{"id":${String(Seq)}}`);
    if (serviceMethod === creditMethod) {
      return notificationText(creditNotification, `{"id":${String(Seq)},"n":${String(N)}}`);
    }
    return undefined;
  }

  #writePartial(id: RawJSON, value: RawJSON): Awaitable<void> {
    return this.#texts.write(`${notificationText(streamNotification, `{"id":${id},"value":${value}}`)}\n`);
  }

  #errorOf({ code, error, data }: Response): { code: number; message: string; data?: RawJSON } {
    const told = { code: numberOf(code), message: error };
    try {
      const raw = this.#texts.values.encode(data);
      return raw === undefined || raw === "null" ? told : { ...told, data: raw };
    } catch {
      return told; // what cannot be said of an error must not keep it from being told
    }
  }

  #sayUnparsed(): void {
    this.#say(responseText(createJSONRPCErrorResponse(null, JSONRPCErrorCode.ParseError, "Parse error")));
  }

  #sayInvalid(reason: string): void {
    const { InvalidRequest } = JSONRPCErrorCode;
    const data = JSON.stringify(reason);
    this.#say(responseText(createJSONRPCErrorResponse(null, InvalidRequest, "Invalid Request", data)));
  }

  /** Says what no call is answered by, after the answers that are complete. */
  #say(text: RawJSON): void {
    this.#said = this.#answers.sent().then(() => this.#send(text));
  }

  #send(text: RawJSON): void {
    this.#texts.put(`${text}\n`);
  }
}
