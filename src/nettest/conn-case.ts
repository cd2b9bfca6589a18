import { defineCase, type Task } from "./task.js";
import { type Traits, traitsOf } from "./traits.js";
import type { ConnCase, ConnPair } from "./types.js";

/** Defines a case for two connected ends; `needs` are the traits without which it means nothing. */
export function connCase(
  name: string,
  needs: readonly (keyof Traits)[],
  property: string,
  body: (pair: ConnPair, t: Task) => Promise<void>,
): ConnCase {
  return defineCase({ name, needs, property, body, traitsOf: ({ c1 }) => traitsOf(c1.localAddr) });
}
