import type { Fetch } from "../../src/rest/types.js";

/** What a request is made of, beside its method and path. */
export type Fields = Record<string, string>;

/** An answer, read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** What the JSON says. */
  readonly value: unknown;
}

/** Sends requests to a handler: `ask("GET /videos/1", { Accept: "text/html" })`. */
export type Ask = (line: string, fields?: Fields, body?: BodyInit) => Promise<Answer>;

/** Makes an {@link Ask}. */
export function asking(handler: Fetch): Ask {
  return async (line, fields = {}, body) => {
    const [method = "", path = ""] = line.split(" ");
    const init = { method, headers: fields, body: body ?? null, duplex: "half", redirect: "manual" } as RequestInit;
    return readAnswer(await handler(new Request(new URL(path, "http://localhost"), init)));
  };
}

/** Reads an answer to its end. */
export async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = /^application\/(?:[\w.-]+\+)?json\b/.test(response.headers.get("Content-Type") ?? "");
  const isWhole = isJson && text !== "" && response.status !== 206;
  return { status: response.status, headers: response.headers, text, value: isWhole ? JSON.parse(text) : undefined };
}
