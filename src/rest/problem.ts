import { statusText } from "./status.js";

/** The parts of a {@link Problem} beside its status. */
export interface ProblemOptions {
  /** A URI that names the kind of problem. @default "about:blank": there is no more to it than the status */
  readonly type?: string | undefined;
  /** What kind of problem it is, in a few words. @default what the status means */
  readonly title?: string | undefined;
  /** What went wrong this time, for a human. */
  readonly detail?: string | undefined;
  /** A URI that names this occurrence. */
  readonly instance?: string | undefined;
  /** More members of the document, beside the standard ones. */
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
  /** Fields of the answer's header, as Retry-After. */
  readonly headers?: HeadersInit | undefined;
  /** The error underneath; it is never sent. */
  readonly cause?: unknown;
}

const standard = new Set(["type", "title", "status", "detail", "instance"]);

/**
 * Says why there is no success, to machines and to humans: a handler throws one, a client catches one.
 * @see {@link https://www.rfc-editor.org/rfc/rfc9457 | RFC 9457}
 */
export class Problem extends Error {
  override name = "Problem";
  /** The status of the answer: 400 to 599. */
  readonly status: number;
  /** A URI that names the kind of problem. */
  readonly type: string;
  /** What kind of problem it is. */
  readonly title: string;
  /** What went wrong this time. */
  readonly detail: string | undefined;
  /** A URI that names this occurrence. */
  readonly instance: string | undefined;
  /** More members of the document. */
  readonly extensions: Readonly<Record<string, unknown>>;
  /** Fields of the answer's header. */
  readonly headers: HeadersInit | undefined;

  /**
   * Makes a problem; a string in the place of the options is its `detail`.
   * @throws {RangeError} the status is none of an error
   */
  constructor(status: number, options: ProblemOptions | string = {}) {
    const parts = typeof options === "string" ? { detail: options } : options;
    if (!Number.isInteger(status) || status < 400 || status > 599) {
      throw new RangeError(`Status is ${status}, not one of 400 to 599`);
    }
    const title = parts.title ?? statusText(status);
    super(parts.detail ?? title, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.status = status;
    this.type = parts.type ?? "about:blank";
    this.title = title;
    this.detail = parts.detail;
    this.instance = parts.instance;
    this.extensions = parts.extensions ?? {};
    this.headers = parts.headers;
  }

  /** Reads a problem document; what it lacks, or has in a wrong type, is left out (RFC 9457 section 3). */
  static from(document: unknown, status: number, headers?: Headers): Problem {
    const members = typeof document === "object" && document !== null ? (document as Record<string, unknown>) : {};
    const text = (name: string) => (typeof members[name] === "string" ? members[name] : undefined);
    const extensions = Object.fromEntries(Object.entries(members).filter(([name]) => !standard.has(name)));
    const [type, title, detail, instance] = ["type", "title", "detail", "instance"].map(text);
    return new Problem(status, { type, title, detail, instance, extensions, headers });
  }

  /** Gives the problem document: what is sent, never a stack or a cause. */
  toJSON(): Record<string, unknown> {
    const { type, title, status, detail, instance } = this;
    const own = Object.entries(this.extensions).filter(([name]) => !standard.has(name));
    const members = { type, title, status, detail, instance };
    return Object.fromEntries([...Object.entries(members).filter(([, value]) => value !== undefined), ...own]);
  }
}
