import type { Load } from "./echo-client.js";

/** How much may leave in one tick, in bytes; as much again may be under way. UDP loses datagrams when it is more. */
const burstBytes = 64 * 1024;
/** How many messages leave in one tick, at most and at least. */
const [mostOfBurst, leastOfBurst] = [64, 2] as const;

/** Returns how many messages of a size leave in one tick; twice as many may be under way. */
export function burstOf(messageBytes: number, most: number = mostOfBurst): number {
  return Math.min(most, Math.max(leastOfBurst, Math.floor(burstBytes / messageBytes)));
}

/** Returns what a client must be ready for that sends bursts of a size. */
export function loadOf(messageBytes: number, most?: number): Load {
  return { messageBytes, maxUnderWay: 2 * burstOf(messageBytes, most) };
}
