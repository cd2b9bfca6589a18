import Negotiator from "negotiator";
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
  readonly #choices: Choices<Representation>;
  readonly #problems: Choices<ProblemFormat>;

  /** @throws {TypeError} there is none, or there are two of one media type */
  constructor(list: readonly Representation[]) {
    if (list.length === 0) throw new TypeError("A resource needs a representation");
    if (new Set(list.map(({ mediaType }) => mediaType)).size < list.length) {
      throw new TypeError("Two representations have the same media type");
    }
    this.list = list;
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
    return accept === null || accept === "*/*" ? this.first : this.#choices.choose(accept);
  }

  /** Gives what problems are written as for Accept. */
  chooseProblem(accept: string | null): ProblemFormat {
    return (accept === null ? null : this.#problems.choose(accept)) ?? this.#problems.first ?? jsonProblem;
  }

  /** The media types that bodies may have. */
  get decodable(): string[] {
    return this.list.flatMap(({ mediaType, alsoAccepts = [], decode }) =>
      decode === undefined ? [] : [mediaType, ...alsoAccepts],
    );
  }

  /** Gives what decodes a body of this type. */
  decoderOf(mediaType: string): Representation | undefined {
    return this.list.find(
      ({ decode, ...one }) => decode !== undefined && isAmong(mediaType, [one.mediaType, ...(one.alsoAccepts ?? [])]),
    );
  }
}

/** Tells whether a media type is in a list, where `type/*+suffix` and `type/*` stand for many. */
export function isAmong(mediaType: string, list: readonly string[]): boolean {
  return list.some((one) => {
    const star = one.indexOf("*");
    if (star < 0) return one === mediaType;
    return mediaType.startsWith(one.slice(0, star)) && mediaType.endsWith(one.slice(star + 1));
  });
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
