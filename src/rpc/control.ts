import { struct, uint64 } from "../gob/index.js";
import { type BodyType, type CodecFeatures, cancelMethod, creditMethod } from "./codec.js";

/** What {@link cancelMethod} and {@link creditMethod} take: the number of a call, and how many replies more. */
export const controlType: BodyType = { schema: struct("CancelArgs", { Seq: uint64, N: uint64 }) };
/** What is sent to cancel: as Go's fork has it. */
export const cancelType: BodyType = { schema: struct("CancelArgs", { Seq: uint64 }) };
/** What is sent to ask for more. */
export const creditType: BodyType = { schema: struct("CreditArgs", { Seq: uint64, N: uint64 }) };

/** Tells whether a request is one for the session itself. */
export function isControlled(serviceMethod: string, features: CodecFeatures): boolean {
  if (serviceMethod === cancelMethod) return features.cancel === true;
  return serviceMethod === creditMethod && features.stream === true;
}
