import type { Fetch, Middleware } from "./types.js";

/** Makes the answer of what was thrown. */
export type Rescue = (error: unknown) => Promise<Response>;

/** Puts middleware around `inner`, the first outermost; what a layer throws is an answer for the layers around it. */
export function around(use: readonly Middleware[], inner: Fetch, rescue: Rescue): Fetch {
  return use.reduceRight<Fetch>((next, layer) => {
    return async (request) => {
      try {
        return await layer(request, next);
      } catch (error) {
        return rescue(error);
      }
    };
  }, inner);
}
