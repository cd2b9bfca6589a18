import type { Contract, InputOf, OutputOf } from "./contract.js";
import type { ServiceMethod, StreamMethod } from "./reply.js";

/** What serves a contract: an object with a method for each of its methods. */
export type Implementation<C extends Contract> = {
  readonly [K in keyof C["methods"]]: C["methods"][K]["isStream"] extends true
    ? StreamMethod<OutputOf<C["methods"][K]["args"]>, InputOf<C["methods"][K]["reply"]>>
    : ServiceMethod<OutputOf<C["methods"][K]["args"]>, InputOf<C["methods"][K]["reply"]>>;
};
