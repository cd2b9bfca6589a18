import { abortCases } from "./abort-cases.js";
import { closeCases } from "./close-cases.js";
import { deadlineCases } from "./deadline-cases.js";
import { endCases } from "./end-cases.js";
import { goIOCases } from "./go-io-cases.js";
import { goTimeoutCases } from "./go-timeout-cases.js";
import { orderCases } from "./order-cases.js";
import type { ConnCase } from "./types.js";
import { webStreamCases } from "./web-stream-cases.js";

/**
 * Checks the contract of `StreamConn`: the eleven cases of Go's TestConn under their own names, and then ours.
 * @see {@link https://pkg.go.dev/golang.org/x/net/nettest#TestConn | Go nettest.TestConn}
 */
export const connCases: readonly ConnCase[] = [
  ...goIOCases,
  ...goTimeoutCases,
  ...orderCases,
  ...endCases,
  ...closeCases,
  ...abortCases,
  ...deadlineCases,
  ...webStreamCases,
];
