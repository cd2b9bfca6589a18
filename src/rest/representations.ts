import Negotiator from "negotiator";
import { isAmong } from "./media-type.js";
import { json } from "./represent/json.js";
import type { ProblemFormat, Representation } from "./types.js";

/** As many values of Accept are remembered; browsers and clients send a few. */
const maxRemembered = 100;
/** What is longer is taken for a field that was not sent. */
const maxAcceptLength = 2000;

const jsonProblem: ProblemFormat = json.problem ?? { mediaType: "application/json", encode: String };

/** The representations that a resource has, of which Accept chooses one. */
export class Representations {
  /** The preferred one first. */
  readonly list: readonly Representation[];
  /** The media types that bodies may have. */
  readonly decodable: readonly string[];
  readonly #decoders: readonly { readonly types: readonly string[]; readonly one: Representation }[];
  readonly #choices: Choices<Representation>;
  readonly #problems: Choices<ProblemFormat>;

  /** @throws {TypeError} there is none, or there are two of one media type */
  constructor(list: readonly Representation[]) {
    if (!isList(list)) throw new TypeError("What represents is a list: write represent: [json, …]");
    if (list.length === 0) throw new TypeError("A resource needs a representation");
    if (new Set(list.map(({ mediaType }) => mediaType)).size < list.length) {
      throw new TypeError("Two representations have the same media type");
    }
    this.list = list;
    this.#decoders = list
      .filter(({ decode }) => decode !== undefined)
      .map((one) => ({ types: [one.mediaType, ...(one.alsoAccepts ?? [])], one }));
    this.decodable = this.#decoders.flatMap(({ types }) => types);
    this.#choices = new Choices(list.map((one) => [one.mediaType, one]));
    const formats = list.flatMap(({ mediaType, problem }) =>
      problem === undefined ? [] : [[mediaType, problem] as const, [problem.mediaType, problem] as const],
    );
    this.#problems = new Choices(formats.length > 0 ? formats : [["application/json", jsonProblem]]);
  }

  /** The one that is sent to whoever accepts all. */
  get first(): Representation {
    return this.list[0] ?? json;
  }

  /** Their media types. */
  get available(): string[] {
    return this.list.map(({ mediaType }) => mediaType);
  }

  /** Gives what Accept asks for; `null` if there is no such representation. */
  choose(accept: string | null): Representation | null {
    return accept === null || accept === "*/*" || accept === "" ? this.first : this.#choices.choose(accept);
  }

  /** Gives what problems are written as for Accept. */
  chooseProblem(accept: string | null): ProblemFormat {
    return (accept === null ? null : this.#problems.choose(accept)) ?? this.#problems.first ?? jsonProblem;
  }

  /** Gives what decodes a body of this type. */
  decoderOf(mediaType: string): Representation | undefined {
    return this.#decoders.find(({ types }) => isAmong(mediaType, types))?.one;
  }
}

/** Tells whether what is given as a list is one. */
export function isList(list: unknown): boolean {
  return Array.isArray(list);
}

/** Chooses by Accept (RFC 9110 section 12.5.1). */
class Choices<T> {
  readonly first: T | undefined;
  readonly #offers: ReadonlyMap<string, T>;
  readonly #remembered = new Map<string, T | null>();

  constructor(offers: readonly (readonly [string, T])[]) {
    this.first = offers[0]?.[1];
    // All text that goes out is UTF-8: whoever asks for that in Accept gets it.
    this.#offers = new Map(offers.map(([type, one]) => [`${type};charset=utf-8`, one]));
  }

  choose(accept: string): T | null {
    const known = this.#remembered.get(accept);
    if (known !== undefined) return known;
    if (accept.length > maxAcceptLength) return this.first ?? null;
    const [type = ""] = new Negotiator({ headers: { accept } }).mediaTypes([...this.#offers.keys()]);
    const chosen = this.#offers.get(type) ?? null;
    if (this.#remembered.size < maxRemembered) this.#remembered.set(accept, chosen);
    return chosen;
  }
}
