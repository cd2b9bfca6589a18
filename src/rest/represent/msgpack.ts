import { Packr, Unpackr } from "msgpackr";
import type { Representation } from "../types.js";
import { checkMsgpack } from "./msgpack-check.js";

const packr = new Packr({ useRecords: false, variableMapSize: true });
const unpackr = new Unpackr({
  useRecords: false,
  mapsAsObjects: true,
  copyBuffers: true,
  int64AsType: "auto" as "bigint", // a number where it is safe: known to the program, not to its types
});

/** Writes a state as MessagePack, and reads it. Integers that are not safe as numbers are bigints. */
export const msgpack: Representation = {
  mediaType: "application/msgpack",
  alsoAccepts: ["application/vnd.msgpack", "application/x-msgpack"],
  encode: (value) => new Uint8Array(packr.pack(value)),
  decode(body, { maxDepth }) {
    checkMsgpack(body, maxDepth);
    try {
      return unpackr.unpack(body) as unknown;
    } catch (cause) {
      throw new SyntaxError("MessagePack: Malformed", { cause });
    }
  },
};
