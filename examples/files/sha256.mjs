// What browsers lack: a sum of bytes that come one after another. crypto.subtle wants all of them at once.
export { sha256 } from "@noble/hashes/sha2";
