import type { Contract, InputOf, MethodContract, OutputOf } from "./contract.js";
import type { MethodResult, Reply, ReplyStream } from "./reply.js";

/** What a method's second parameter is. */
export type ReplyOf<M extends MethodContract> = M["isStream"] extends true
  ? ReplyStream<InputOf<M["reply"]>>
  : Reply<InputOf<M["reply"]>>;

/** A method that serves one of a contract; as a method, so that a reply of a narrower type will do. */
export interface Serves<M extends MethodContract> {
  /** What the server calls. */
  method(args: OutputOf<M["args"]>, reply: ReplyOf<M>): MethodResult;
}

/** What serves a contract: an object with a method for each of its methods. */
export type Implementation<C extends Contract> = {
  readonly [K in keyof C["methods"]]: Serves<C["methods"][K]>["method"];
};
