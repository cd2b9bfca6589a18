import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { sampleResults } from "../sample-results.js";
import type { Subject } from "../subject.js";
import { duration, size } from "./format.js";
import { helpText } from "./help.js";
import { parseOptions } from "./options.js";
import { showProgress } from "./progress.js";
import { UsageError } from "./usage-error.js";

const { rows, updates } = sampleResults();
const offer = {
  subjects: rows.map(
    ({ name, group, side }): Subject => ({
      name,
      group,
      side,
      open: () => Promise.reject(new Error("Nothing is measured here")),
    }),
  ),
  updates: updates.map(({ name }) => name),
};

function chosen(...only: string[]): string[] {
  const { choice } = parseOptions(
    only.flatMap((names) => ["--only", names]),
    offer,
  );
  return [...choice.subjects.map(({ name, side }) => (side === "go" ? `${name}/go` : name)), ...choice.updates];
}

describe("--only", () => {
  test.each([
    [["tcp"], ["tcp", "tcp/go"]],
    [["ws,tcp"], ["tcp", "tcp/go", "ws", "ws/go"]],
    [["rest"], ["rest", "rest/go"]], // and not rest-close, whose name begins so
    [["rpc-ws"], ["rpc-ws-msgpack", "rpc-ws-gob", "rpc-ws-jsonrpc", "rpc-ws-jsonrpc2"]],
    [["browser"], ["browser-ws", "browser-rpc", "browser-rest"]],
    [["http"], ["rest", "rest/go", "rest-close", "rest-close/go"]],
    [["poll"], ["poll-20ms", "poll-100ms", "poll-500ms", "poll-1000ms"]],
    [
      ["push-sse", " long-poll , unix"],
      ["unix", "unix/go", "push-sse", "long-poll"],
    ],
  ])("%j is %j", (only, names) => {
    expect(chosen(...only)).toEqual(names);
  });

  test("go is all that Go has, on both sides; updates are all of them; nothing is all", () => {
    expect(chosen("go")).toEqual([
      ...["tcp", "tls", "unix", "udp", "ws", "wss", "pipe"].flatMap((name) => [name, `${name}/go`]),
      ...["rpc-tcp-gob", "rpc-tcp-jsonrpc", "rpc-http-gob", "rest", "rest-close"].flatMap((name) => [
        name,
        `${name}/go`,
      ]),
    ]);
    expect(chosen("updates")).toEqual(offer.updates);
    expect(chosen()).toHaveLength(rows.length + updates.length);
  });
});

test.each([
  [["--only", "tcp,rpx"], "Unknown in --only: 'rpx'; did you mean 'rpc'?"],
  [["--only", "tpc"], "Unknown in --only: 'tpc'; did you mean 'tcp'?"],
  [["--only", "rpc-tcp-gop"], "Unknown in --only: 'rpc-tcp-gop'; did you mean 'rpc-tcp-gob'?"],
  [["--only", "quic"], /^Unknown in --only: 'quic'; there are conn, rpc, http, browser, go, updates, tcp, /],
  [["--only", ""], /^Unknown in --only: ''; there are/],
  [["--only"], "Option '--only <value>' argument missing"],
  [["--fast"], "Unknown option '--fast'"],
  [["tcp"], "Unexpected argument 'tcp'"],
  [["--sizes", "64,2x"], "--sizes: '2x' is no size from 8 to 16m, such as 64, 16k or 1m"],
  [["--sizes", "17m"], "--sizes: '17m' is no size from 8 to 16m, such as 64, 16k or 1m"],
  [["--duration", "soon"], "--duration: 'soon' is no number of seconds from 1 to 3600"],
  [["--duration", "0"], "--duration: '0' is no number of seconds from 1 to 3600"],
  [["--duration", "9", "--quick"], "--quick and --duration exclude each other"],
])("%j is refused", (args, message) => {
  const parse = () => parseOptions(args, offer);
  expect(parse).toThrow(UsageError);
  expect(parse).toThrow(message);
});

const load = { subjects: 4, updates: 2 };

test("sizes have units, are sorted, and are in the plan", () => {
  expect(parseOptions(["--sizes", "1M,64,16k,64"], offer).planOf(load).sizes).toEqual([64, 16_384, 1_048_576]);
});

test("a longer duration is a longer plan", () => {
  const [quick, usual] = [["--quick"], []].map((args) => parseOptions(args, offer).planOf(load));
  const ms = (plan: typeof usual) => (plan?.rounds ?? 0) * (plan?.phaseMs ?? 0);
  expect(ms(usual)).toBeGreaterThan(ms(quick));
});

test("--open without a file has one in the current folder, but not where the page is live", () => {
  expect(parseOptions([], offer)).toMatchObject({ report: null, open: false, serve: false, color: true });
  expect(parseOptions(["--open"], offer).report).toBe("compare-report.html");
  expect(parseOptions(["--open", "--report", "a.html"], offer).report).toBe("a.html");
  expect(parseOptions(["--open", "--serve"], offer).report).toBeNull();
  expect(parseOptions(["--no-color"], offer).color).toBe(false);
});

test("the help tells every option and name, in 80 columns", () => {
  const text = helpText(offer, "npm start --");
  for (const flag of [
    "only",
    "sizes",
    "duration",
    "quick",
    "json",
    "baseline",
    "report",
    "open",
    "serve",
    "no-color",
  ]) {
    expect(text).toContain(`  --${flag} `);
  }
  for (const name of ["rpc-ws-gob", "browser", "poll-20ms"]) expect(text).toContain(name);
  expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
});

test("outside of a terminal progress is plain lines, with the time that is left", () => {
  const output = new PassThrough();
  const progress = showProgress(output as unknown as NodeJS.WriteStream, true);
  progress.begin({ what: "rpc-tcp-gob: round 2 of 5", index: 7, total: 40, secondsLeft: 33.2 });
  progress.begin({ what: "tcp: warming up", index: 8, total: 40, secondsLeft: 130 });
  progress.stop();
  expect(String(output.read())).toBe(
    "[ 7/40] rpc-tcp-gob: round 2 of 5 · 34 s left\n[ 8/40] tcp: warming up · 3 min left\nStopped.\n",
  );
});

test("sizes and times read well", () => {
  expect([64, 1024, 1536, 60 * 1024, 2 ** 20].map(size)).toEqual(["64 B", "1 KiB", "1.5 KiB", "60 KiB", "1 MiB"]);
  expect([0, 0.2, 99.5, 101].map(duration)).toEqual(["0 s", "1 s", "100 s", "2 min"]);
});
