import { Packr, Unpackr } from "msgpackr";
import { stateOf } from "../go-json.js";
import type { Representation } from "../types.js";
import { checkMsgpack } from "./msgpack-check.js";

const packr = new Packr({ useRecords: false, variableMapSize: true });
const unpackr = new Unpackr({
  useRecords: false,
  mapsAsObjects: true,
  copyBuffers: true,
  int64AsType: "auto" as "bigint", // a number up to 2 ** 53: known to the program, not to its types
});

/** Writes a state as MessagePack, and reads it. Integers beyond 2 ** 53 are bigints. */
export const msgpack: Representation = {
  mediaType: "application/msgpack",
  alsoAccepts: ["application/vnd.msgpack", "application/x-msgpack"],
  encode: (value, { schema }) => new Uint8Array(packr.pack(stateOf(value, schema))),
  decode(body, { maxDepth }) {
    checkMsgpack(body, maxDepth);
    try {
      return unpackr.unpack(body) as unknown;
    } catch (cause) {
      throw new SyntaxError("MessagePack: Malformed", { cause });
    }
  },
};
