import * as codes from "./constants.js";

const names: Readonly<Record<number, string>> = {
  [codes.CloseNormalClosure]: "normal",
  [codes.CloseGoingAway]: "going away",
  [codes.CloseProtocolError]: "protocol error",
  [codes.CloseUnsupportedData]: "unsupported data",
  [codes.CloseNoStatusReceived]: "no status",
  [codes.CloseAbnormalClosure]: "abnormal closure",
  [codes.CloseInvalidFramePayloadData]: "invalid payload data",
  [codes.ClosePolicyViolation]: "policy violation",
  [codes.CloseMessageTooBig]: "message too big",
  [codes.CloseMandatoryExtension]: "mandatory extension missing",
  [codes.CloseInternalServerErr]: "internal server error",
  [codes.CloseTLSHandshake]: "TLS handshake error",
};

/** Returns what a close code is called, or nothing for one that has no name in print. */
export function closeName(code: number): string {
  return Object.hasOwn(names, code) ? (names[code] ?? "") : "";
}

const reserved: readonly number[] = [1004, codes.CloseNoStatusReceived, codes.CloseAbnormalClosure];

/** Tells whether a close code may be on the wire: those of the RFC, of libraries (3000 on) and of programs (4000 on). */
export function isWireCloseCode(code: number): boolean {
  if (code >= 3000) return code <= 4999;
  return code >= codes.CloseNormalClosure && code <= codes.CloseTryAgainLater && !reserved.includes(code);
}
