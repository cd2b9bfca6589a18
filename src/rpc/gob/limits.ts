import type { DecoderLimits } from "../../gob/limits.js";
import type { CodecLimits } from "../codec.js";

const defaultMaxMessageBytes = 33_554_432;
const defaultMaxDepth = 100;
const defaultMaxItems = 1_048_576;
/** What gob's decoder allows at most. */
const deepest = 2500;
/** What an empty value may take in memory whatever the limit of messages. */
const leastAllocBytes = 1_048_576;
/** How much larger than its message a value may be in memory. */
const expansion = 8;

/** The limits of a codec in terms of gob's. */
export function gobLimits(
  limits: CodecLimits,
): Required<Pick<DecoderLimits, "maxMessageBytes" | "maxDepth" | "maxElements" | "maxAllocBytes">> {
  const maxMessageBytes = Math.min(limits.maxMessageBytes ?? defaultMaxMessageBytes, 2 ** 48);
  return {
    maxMessageBytes,
    maxDepth: Math.min(limits.maxDepth ?? defaultMaxDepth, deepest),
    maxElements: Math.min(limits.maxItems ?? defaultMaxItems, 2 ** 48),
    maxAllocBytes: Math.max(leastAllocBytes, expansion * maxMessageBytes),
  };
}
