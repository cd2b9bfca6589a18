import { lookup } from "node:dns/promises";
import fc from "fast-check";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { AddrError, NetError } from "../../../src/net/errors.js";
import { IP, parseIP } from "../../../src/net/ip.js";
import {
  checkFamily,
  checkNetwork,
  type Endpoint,
  type Family,
  familyOf,
  formatEndpoint,
  hostOf,
  parseEndpoint,
  resolveEndpoints,
  toLocal,
} from "../../../src/net/socket/resolve.js";
import { reasonOf } from "../../support/bytes.js";

vi.mock("node:dns/promises", () => ({ lookup: vi.fn() }));

/** What the system answers to a look-up. */
function answer(...addresses: string[]): void {
  const found = addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
  vi.mocked(lookup).mockResolvedValue(found as never);
}

function ipOf(text: string): IP {
  return parseIP(text) ?? new IP([]);
}

/** Resolves, and prints what was found. */
async function found(network: string, address: string): Promise<string[]> {
  return (await resolveEndpoints(network, address)).map(formatEndpoint);
}

async function failure(network: string, address: string): Promise<[err: unknown, message: string]> {
  const err = await reasonOf(resolveEndpoints(network, address));
  return [err, (err as Error).message];
}

beforeEach(() => {
  vi.mocked(lookup).mockReset();
});

describe("resolveEndpoints", () => {
  test.each([
    ["127.0.0.1:80", "127.0.0.1:80"],
    ["[::1]:80", "[::1]:80"],
    ["[fe80::1%eth0]:80", "[fe80::1%eth0]:80"],
    ["[::ffff:10.0.0.1]:80", "10.0.0.1:80"],
    [":80", ":80"],
    ["", ":0"],
  ])("%j is its own answer, and asks nobody", async (address, endpoint) => {
    expect(await found("tcp", address)).toEqual([endpoint]);
    expect(lookup).not.toHaveBeenCalled();
  });

  test("a name means all its addresses, in the order in which the system gives them", async () => {
    answer("::1", "127.0.0.1", "fe80::1%lo");
    expect(await found("tcp", "name.test:80")).toEqual(["[::1]:80", "127.0.0.1:80", "[fe80::1%lo]:80"]);
    expect(lookup).toHaveBeenCalledExactlyOnceWith("name.test", { all: true, verbatim: true });
  });

  test.each([
    ["tcp4", ["127.0.0.1:80"]],
    ["tcp6", ["[::1]:80"]],
    ["udp4", ["127.0.0.1:80"]],
  ])("%s keeps the addresses of its family", async (network, endpoints) => {
    answer("::1", "127.0.0.1");
    expect(await found(network, "name.test:80")).toEqual(endpoints);
  });

  test("an address of the other family only is none", async () => {
    answer("127.0.0.1");
    for (const address of ["name.test:80", "127.0.0.1:80"]) {
      const [err, message] = await failure("tcp6", address);
      expect(err).toBeInstanceOf(AddrError);
      expect(message).toMatch(/^address .*: no suitable address found$/);
    }
  });

  test("a name that nobody knows is told in Go's words", async () => {
    const cause = Object.assign(new Error("getaddrinfo ENOTFOUND nosuch.test"), {
      code: "ENOTFOUND",
      syscall: "getaddrinfo",
      hostname: "nosuch.test",
    });
    vi.mocked(lookup).mockRejectedValue(cause);
    const [err, message] = await failure("tcp", "nosuch.test:80");
    expect(err).toBeInstanceOf(NetError);
    expect(message).toBe("lookup nosuch.test: no such host");
  });

  test.each([
    ["nocolon", "address nocolon: missing port in address"],
    ["::1", "address ::1: too many colons in address"],
    ["[::1", "address [::1: missing ']' in address"],
  ])("%s is no address", async (address, message) => {
    expect(await failure("tcp", address)).toEqual([expect.any(AddrError), message]);
  });
});

describe("a port", () => {
  test.each([
    ["", 0],
    ["0", 0],
    ["+80", 80],
    ["-0", 0],
    ["0080", 80],
    ["65535", 65_535],
    ["http", 80],
    ["HTTPS", 443],
    ["imaps", 993],
  ])("%j is %i", async (port, number) => {
    const [endpoint] = await resolveEndpoints("tcp", `127.0.0.1:${port}`);
    expect(endpoint?.port).toBe(number);
  });

  test.each(["65536", "-1", "99999", "123456789012345678901234567890"])("%s is invalid", async (port) => {
    const err = new AddrError("invalid port", port);
    expect(await failure("tcp", `127.0.0.1:${port}`)).toEqual([expect.any(AddrError), err.message]);
  });

  test.each(["nosuch", "1a", "toString", "__proto__", " 80"])("%s is unknown", async (port) => {
    const [err, message] = await failure("tcp", `127.0.0.1:${port}`);
    expect([message, (err as NetError).code]).toEqual([`lookup tcp/${port}: unknown port`, "ERR_UNKNOWN_PORT"]);
  });

  test("of any text gives a port from 0 to 65535, or a NetError", async () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom("+", "-", "0", "9", "h") }));
    await fc.assert(
      fc.asyncProperty(text, async (port) => {
        try {
          const [endpoint] = await resolveEndpoints("tcp", `127.0.0.1:${port}`);
          expect(endpoint?.port).toSatisfy((n: number) => Number.isInteger(n) && n >= 0 && n <= 65_535);
        } catch (err) {
          expect(err).toBeInstanceOf(NetError);
        }
      }),
    );
  });
});

test.each([
  ["tcp", 0],
  ["tcp4", 4],
  ["tcp6", 6],
  ["udp", 0],
  ["udp4", 4],
  ["udp6", 6],
] as [string, Family][])("%s is of family %i", (network, family) => {
  expect(familyOf(network)).toBe(family);
});

test("checkNetwork refuses what it does not know, by name", () => {
  expect(() => checkNetwork("tcp", ["tcp", "tcp4"])).not.toThrow();
  expect(() => checkNetwork("foo", ["tcp", "tcp4"])).toThrow("unknown network foo");
});

test("checkFamily refuses an address of the other family, and lets any address pass", () => {
  const check = (network: string, address: string) => () => checkFamily(network, { ip: ipOf(address) });
  const passing = [
    ["tcp", "::1"],
    ["tcp4", "10.0.0.1"],
    ["tcp4", "::"],
    ["tcp6", "::1"],
    ["tcp6", "0.0.0.0"],
    ["tcp6", ""],
  ] as const;
  for (const [network, address] of passing) expect(check(network, address)).not.toThrow();
  expect(check("tcp4", "::1")).toThrow(new AddrError("non-IPv4 address", "::1"));
  expect(check("tcp6", "10.0.0.1")).toThrow(new AddrError("non-IPv6 address", "10.0.0.1"));
});

describe("an endpoint", () => {
  const address = fc.oneof(fc.ipV4(), fc.ipV6());
  const port = fc.integer({ min: 0, max: 65_535 });

  test("is read back from what is printed of it", () => {
    fc.assert(
      fc.property(address, port, fc.constantFrom("", "eth0", "1"), (text, n, zone) => {
        const ip = ipOf(text);
        const endpoint: Endpoint = { ip, port: n, zone: ip.to4() === null ? zone : "" };
        expect(parseEndpoint(hostOf(endpoint), n)).toEqual(endpoint);
      }),
    );
  });

  test("without an address prints its port alone", () => {
    expect(formatEndpoint({ ip: new IP([]), port: 80, zone: "" })).toBe(":80");
    expect(hostOf({ ip: new IP([]), zone: "" })).toBe("");
  });

  test.each([
    ["", 0, "127.0.0.1"],
    ["", 4, "127.0.0.1"],
    ["", 6, "::1"],
    ["0.0.0.0", 0, "127.0.0.1"],
    ["::", 0, "::1"],
    ["::", 4, "127.0.0.1"],
    ["0.0.0.0", 6, "::1"],
  ] as [string, Family, string][])("of any address (%j, family %i) is connected to at %s", (text, family, local) => {
    const to = toLocal({ ip: ipOf(text), port: 80, zone: "" }, family);
    expect([to.ip.toString(), to.port]).toEqual([local, 80]);
  });

  test("of a certain address is connected to there", () => {
    const endpoint = { ip: ipOf("fe80::1"), port: 80, zone: "eth0" };
    expect(toLocal(endpoint, 0)).toBe(endpoint);
  });
});
