import type { Fetch, Middleware } from "./types.js";

/** Makes the answer of what was thrown. */
export type Rescue = (error: unknown) => Promise<Response>;

/** Under this symbol a middleware that was joined carries its layers. */
const layers = Symbol("layers");

/** Marks a middleware as one that is made of others. */
export function joined(whole: Middleware, parts: readonly Middleware[]): Middleware {
  return Object.assign(whole, { [layers]: parts });
}

/** Takes apart what was joined, so that what is thrown within is an answer for all the layers around it. */
function layersOf(one: Middleware): readonly Middleware[] {
  const parts = (one as { readonly [layers]?: readonly Middleware[] })[layers];
  return parts === undefined ? [one] : parts.flatMap(layersOf);
}

/** Puts middleware around `inner`, the first outermost; what a layer throws is an answer for the layers around it. */
export function around(use: readonly Middleware[], inner: Fetch, rescue: Rescue): Fetch {
  return use.flatMap(layersOf).reduceRight<Fetch>((next, layer) => {
    return async (request) => {
      try {
        return checked(await layer(request, next));
      } catch (error) {
        return rescue(error);
      }
    };
  }, inner);
}

/**
 * Sees to it that a layer gives what it should.
 * @throws {TypeError} it does not
 */
function checked(response: Response): Response {
  const { headers } = (response ?? {}) as Partial<Response>;
  if (headers !== undefined) return response;
  throw new TypeError("A middleware gave no Response: it returns what next gives, or one of its own");
}
