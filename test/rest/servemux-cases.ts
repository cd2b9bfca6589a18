/** A pattern and the methods of what it leads to; `Error` is why Go did not take it. */
export interface ServeMuxResource {
  readonly Pattern: string;
  readonly Methods: readonly string[];
  readonly Error?: string;
}

/** A request, and what Go's ServeMux did. */
export interface ServeMuxRequest {
  readonly Method: string;
  readonly Host: string;
  readonly Target: string;
  readonly Status: number;
  readonly Pattern?: string;
  readonly Values?: Record<string, string>;
  readonly Allow?: string;
  readonly Location?: string;
}

/** A mux: a line of `servemux.jsonl`, which `interop/go/servemux` writes. */
export interface ServeMuxSet {
  readonly Resources: readonly ServeMuxResource[];
  readonly Requests: readonly ServeMuxRequest[];
}

/** Reads what the Go program writes. */
export function parseSets(lines: string): ServeMuxSet[] {
  return lines
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as ServeMuxSet);
}
