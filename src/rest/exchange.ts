import type { AnySchema } from "../gob/any-schema.js";
import { type Accepted, type ReceivedBody, receiveBody } from "./body.js";
import { goJSONOf, plainState } from "./go-json.js";
import type { Incoming } from "./incoming.js";
import { applyJsonPatch } from "./json-patch.js";
import { applyMergePatch } from "./merge-patch.js";
import { toRecord } from "./represent/record.js";
import { jsonPatchType, patchTypes, type Served, type ServedVerb } from "./served.js";
import type { Context } from "./types.js";
import { validate } from "./validate.js";

/**
 * One request to a resource. Its methods are got as functions of their own, so that handlers may take the context apart.
 */
export class Exchange implements Context {
  readonly incoming: Incoming;
  readonly served: Served;
  readonly verb: ServedVerb;
  readonly #values: readonly string[];
  #url: URL | undefined;
  #query: URLSearchParams | undefined;
  #params: Readonly<Record<string, string>> | undefined;
  #received: Promise<ReceivedBody> | undefined;
  #valid: Promise<unknown> | undefined;
  #parsedQuery: unknown;

  constructor(incoming: Incoming, served: Served, verb: ServedVerb, values: readonly string[]) {
    this.incoming = incoming;
    this.served = served;
    this.verb = verb;
    this.#values = values;
  }

  /** The same request to another verb. */
  as(verb: ServedVerb): Exchange {
    return new Exchange(this.incoming, this.served, verb, this.#values);
  }

  get url(): URL {
    return (this.#url ??= this.incoming.url());
  }

  get query(): URLSearchParams {
    return (this.#query ??= new URLSearchParams(this.incoming.search));
  }

  get signal(): AbortSignal {
    return this.incoming.signal;
  }

  get params(): Readonly<Record<string, string>> {
    const { names } = this.served.pattern;
    return (this.#params ??= Object.fromEntries(names.map((name, i) => [name, this.#values[i] ?? ""])));
  }

  get pathValue(): (name: string) => string {
    return (name) => this.#values[this.served.pattern.names.indexOf(name)] ?? "";
  }

  get body(): <T = unknown>() => Promise<T> {
    return <T>() => (this.#valid ??= this.#read(this.verb.body)) as Promise<T>;
  }

  get input(): <T>(schema: AnySchema<T>) => Promise<T> {
    return async <T>(schema: AnySchema<T>) => this.#read(schema) as Promise<T>;
  }

  get patch(): <T>(current: T) => Promise<T> {
    return async <T>(current: T) => {
      const { mediaType, read } = await this.#receive(patchTypes);
      const { body } = this.verb;
      const apply = mediaType === jsonPatchType ? applyJsonPatch : applyMergePatch;
      const patched = apply(plainState(current, body), read(goJSONOf(body) !== null));
      return (body === undefined ? patched : await validate(body, patched, "body")) as T;
    };
  }

  get parsedQuery(): <T>() => T {
    return <T>() => (this.#parsedQuery ?? toRecord(this.query)) as T;
  }

  /** Checks the query, before the handler runs. */
  async checkQuery(schema: AnySchema): Promise<void> {
    this.#parsedQuery = await validate(schema, toRecord(this.query), "query", true);
  }

  /** What the state is that is answered. */
  get schema(): AnySchema | undefined {
    return this.verb.reply;
  }

  /** The bodies that the verb takes. */
  get accepted(): Accepted {
    return { method: this.verb.method, types: this.verb.accepts ?? this.served.acceptedBy(this.verb.method) };
  }

  /** Reads the body as what a schema says it is. */
  async #read(schema: AnySchema | undefined): Promise<unknown> {
    const { read, isText } = await this.#receive(this.accepted.types);
    const value = read(goJSONOf(schema) !== null);
    return schema === undefined ? value : validate(schema, value, "body", isText);
  }

  #receive(types: readonly string[]): Promise<ReceivedBody> {
    const { represent } = this.served;
    return (this.#received ??= receiveBody(this.incoming, represent, { ...this.accepted, types }, this.served.limits));
  }
}
