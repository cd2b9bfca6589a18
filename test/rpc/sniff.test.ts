import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { isTimeout, pipe, type StreamConn, TimeoutError, UnexpectedEOFError } from "toolkit/net";
import { describe, expect, test } from "vitest";
import { type Sniff, Sniffer, sniff, sniffConn } from "../../src/rpc/sniff.js";
import { bytes, readAllText, reasonOf } from "../support/bytes.js";
import { cut, cuts, readerOf } from "../support/readers.js";
import { fromHex } from "./wire.js";

/** How real clients begin, and what they speak. */
const beginnings: Readonly<Record<string, readonly [Uint8Array, Sniff]>> = {
  "gob, ids from 65": [fromHex("2fff81030101075265717565737401ff8200"), "gob"],
  "gob, ids from 64": [fromHex("2e7f030101075265717565737401ff8000"), "gob"],
  "gob, the length is a G": [fromHex("47ff81030101075265717565737401ff8200"), "gob"],
  "gob, the length is a {": [fromHex("7bff81030101075265717565737401ff8200"), "gob"],
  "gob, the length is a space": [fromHex("20ff81030101075265717565737401ff8200"), "gob"],
  "gob, the length is a line feed": [fromHex("0a7f030101"), "gob"],
  "gob, an id of three bytes": [fromHex("31fe0fff030101075265717565737401"), "gob"],
  "gob, a length of two bytes": [fromHex("ff90ff8103010107526571"), "gob"],
  "gob, a length of three bytes": [fromHex("fe01907f03010107526571"), "gob"],
  "msgpack, a small map": [fromHex("82ad536572766963654d6574686f64"), "msgpack"],
  "msgpack, a map of 16 bits": [fromHex("de0002ad536572766963654d6574686f64"), "msgpack"],
  "msgpack, a map of 32 bits": [fromHex("df00000002ad536572766963654d"), "msgpack"],
  "JSON-RPC 1.0": [bytes('{"method":"Arith.Add","params":[{"A":1,"B":2}],"id":0}'), "jsonrpc"],
  "JSON-RPC 1.0 as some servers of it want it": [bytes('{"jsonrpc":"1.0","method":"a","id":0}'), "jsonrpc"],
  "JSON-RPC 1.0, with the word elsewhere": [
    bytes('{"params":[{"jsonrpc":"2.0"},"jsonrpc","}"],"jsonrpC":"2.0"}'),
    "jsonrpc",
  ],
  "JSON-RPC 1.0, empty": [bytes(" { } "), "jsonrpc"],
  "JSON-RPC 2.0": [bytes('{"jsonrpc":"2.0","method":"a","id":1}'), "jsonrpc2"],
  "JSON-RPC 2.0, late": [
    bytes('\r\n\t {"params":{"a":[1,{"b":"\\"}"}],"c":-1.5e3},"id":null,"ok":true, "jsonrpc" : "2.0"}'),
    "jsonrpc2",
  ],
  "JSON-RPC 2.0, escaped": [bytes('{"json\\u0072pc":"2.0"}'), "jsonrpc2"],
  "JSON-RPC 2.0, no string": [bytes('{"jsonrpc":2}'), "jsonrpc2"],
  "JSON-RPC 2.0, a batch": [bytes('[{"method":"a"'), "jsonrpc2"],
  "JSON-RPC 2.0, an empty batch": [bytes(" []"), "jsonrpc2"],
  "HTTP, GET": [bytes("GET / HTTP/1.1\r\n"), "http"],
  "HTTP, POST": [bytes("POST /rpc HTTP/1.1\r\n"), "http"],
  "HTTP, an upgrade": [bytes("GET /ws HTTP/1.1\r\nConnection: Upgrade\r\n"), "http"],
  "HTTP, Go's CONNECT": [bytes("CONNECT /_goRPC_ HTTP/1.0\n\n"), "http"],
  "HTTP, a method with a dash": [bytes("M-SEARCH * HTTP/1.1\r\n"), "http"],
  "HTTP behind empty lines": [bytes("\r\n\nOPTIONS * HTTP/1.1\r\n"), "http"],
};

const others: Readonly<Record<string, Uint8Array>> = {
  "a byte 0": fromHex("00"),
  "a gob value without a definition": fromHex("03040006"),
  "a TLS handshake": fromHex("1603010200010001fc0303"),
  "an SSH client": bytes("SSH-2.0-OpenSSH_9.2\r\n"),
  "a word in lower case": bytes("get / HTTP/1.1\r\n"),
  "a method behind a space": bytes(" GET / HTTP/1.1\r\n"),
  "a method without end": bytes("G".repeat(40)),
  "a string of JSON": bytes('"jsonrpc"'),
  "a number of JSON": bytes(" 12 "),
  "an object without quotes": bytes("{jsonrpc:2}"),
  "an object without a colon": bytes('{"jsonrpc","2.0"}'),
  "a list that nobody began": bytes('{"a":1]'),
  "a msgpack array": fromHex("94000100"),
  "a gob length of five bytes": fromHex("fb0000000001ff81"),
  "a gob length before no definition": fromHex("ff900203"),
  "a byte-order mark": fromHex("efbbbf7b22"),
};

/** What is known after each byte. */
function byteByByte(all: Uint8Array): Sniff[] {
  const sniffer = new Sniffer();
  return Array.from(all, (byte) => sniffer.push(Uint8Array.of(byte)));
}

describe("sniff", () => {
  for (const [name, [beginning, protocol]] of Object.entries(beginnings)) {
    test(`knows ${name}`, () => {
      expect(sniff(beginning)).toBe(protocol);
    });
    test(`knows ${name}, byte by byte, and does not change its mind`, () => {
      const known = byteByByte(beginning).filter((each) => each !== "more");
      expect(known.length).toBeGreaterThan(0);
      expect(new Set(known)).toEqual(new Set([protocol]));
    });
  }

  for (const [name, other] of Object.entries(others)) {
    test(`knows nothing of ${name}`, () => {
      expect(sniff(other)).toBe("none");
      expect(new Set(byteByByte(other).filter((each) => each !== "more"))).toEqual(new Set(["none"]));
    });
  }

  test("wants a first byte", () => {
    expect(sniff(new Uint8Array(0))).toBe("more");
  });

  test("wants more of what could still be two protocols", () => {
    for (const text of ["G", "{", " ", '{"method":"jsonrpc"', "POST", "\r\n", '{"jsonrpc":', '{"jsonrpc":"']) {
      expect(sniff(bytes(text)), text).toBe("more");
    }
    for (const hex of ["2f", "ff", "fe01"]) expect(sniff(fromHex(hex)), hex).toBe("more");
  });

  test("says the same of any bytes, however they are cut", () => {
    const anyBytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.json().map(bytes),
      fc.constantFrom(...Object.values(beginnings).map(([beginning]) => beginning)),
    );
    fc.assert(
      fc.property(anyBytes, cuts(), (all, sizes) => {
        const sniffer = new Sniffer();
        for (const chunk of cut(all, sizes)) sniffer.push(chunk);
        expect(sniffer.push(new Uint8Array(0))).toBe(sniff(all));
      }),
    );
  });

  test("keeps to what it has said, whatever follows", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.uint8Array({ maxLength: 60 }), (first, rest) => {
        const known = sniff(first);
        if (known !== "more") expect(sniff(Buffer.concat([first, rest]))).toBe(known);
      }),
    );
  });

  test("tells 2.0 from 1.0 by the member alone, wherever it stands among others of any kind", () => {
    const members = fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true });
    fc.assert(
      fc.property(members, members, fc.boolean(), (before, after, isSecond) => {
        delete before["jsonrpc"];
        delete after["jsonrpc"];
        const all = [...Object.entries(before), ...(isSecond ? [["jsonrpc", "2.0"]] : []), ...Object.entries(after)];
        const text = `{${all.map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`).join(" , ")}}`;
        expect(sniff(bytes(text))).toBe(isSecond ? "jsonrpc2" : "jsonrpc");
      }),
    );
  });

  test("decides for 1.0 when an object says nothing else up to the bound", () => {
    const text = `{"params":["${"x".repeat(9000)}"],"jsonrpc":"2.0"}`;
    expect(sniff(bytes(text))).toBe("jsonrpc");
    expect(sniff(bytes(text), { maxBytes: 10_000 })).toBe("jsonrpc2");
    expect(sniff(bytes(text).subarray(0, 8191))).toBe("more");
  });

  test("does not wait beyond the bound for white space to end", () => {
    expect(sniff(bytes(" ".repeat(8191)))).toBe("more");
    expect(sniff(bytes(" ".repeat(8192)))).toBe("none");
  });
});

describe("sniffConn", () => {
  /** Lets a peer send something and end. */
  function sent(text: string | Uint8Array): StreamConn {
    const [ours, theirs] = pipe();
    const all = typeof text === "string" ? bytes(text) : text;
    void theirs.write(all).then(
      () => theirs.closeWrite(),
      () => {},
    );
    return ours;
  }

  test("gives all that it read once more, then what follows", async () => {
    const text = `${"  ".repeat(700)}{"method":"a","jsonrpc":"2.0"} and more`;
    const sniffed = await sniffConn(sent(text));
    expect(sniffed?.protocol).toBe("jsonrpc2");
    expect(await readAllText(sniffed?.conn ?? readerOf())).toBe(text);
  });

  test("loses no byte, however they arrive and are asked for", async () => {
    await fc.assert(
      fc.asyncProperty(cuts(), fc.integer({ min: 1, max: 40 }), async (sizes, size) => {
        const all = bytes('{"method":"a","params":[1,2,3],"id":7}{"second":true}');
        const conn = { ...readerOf(...cut(all, sizes)), write: async () => 0, close() {} };
        const sniffed = await sniffConn(conn);
        const got: number[] = [];
        const p = new Uint8Array(size);
        for (let n = await sniffed?.conn.read(p); typeof n === "number"; n = await sniffed?.conn.read(p)) {
          got.push(...p.subarray(0, n));
        }
        expect(Uint8Array.from(got)).toEqual(all);
      }),
    );
  });

  test("what was looked at is copied once, and what follows never", async () => {
    const asked: Uint8Array[] = [];
    const reader = readerOf(bytes("GET / "), bytes("rest"));
    const read = (p: Uint8Array) => {
      asked.push(p);
      return reader.read(p);
    };
    const sniffed = await sniffConn({ read, write: async () => 0, close() {} });
    const p = new Uint8Array(16);
    expect(await sniffed?.conn.read(p)).toBe(6);
    expect(await sniffed?.conn.read(p)).toBe(4);
    expect(asked[1]).toBe(p);
  });

  test("the conn it gives is the conn: it writes, ends, has deadlines and addresses", async () => {
    const [ours, theirs] = pipe();
    void theirs.write(fromHex("82"));
    const conn = (await sniffConn(ours))?.conn;
    if (conn === undefined) throw new Error("nothing came");
    expect(conn.remoteAddr).toBe(ours.remoteAddr);
    expect(conn.localAddr).toBe(ours.localAddr);
    const p = new Uint8Array(8);
    expect(await conn.read(p)).toBe(1);
    conn.setDeadline(Date.now() - 1);
    expect(isTimeout(await reasonOf(conn.read(p)))).toBe(true);
    expect(isTimeout(await reasonOf(conn.write(bytes("x"))))).toBe(true);
    conn.setReadDeadline(null);
    conn.setWriteDeadline(null);
    const [n] = await Promise.all([theirs.read(p), conn.write(bytes("hi"))]);
    expect(n).toBe(2);
    await conn.closeWrite();
    expect(await theirs.read(p)).toBeNull();
    conn.close();
    await expect(theirs.write(p)).rejects.toThrow("closed pipe");
  });

  test("a conn of fewer members says which it lacks", async () => {
    const conn = (await sniffConn({ ...readerOf(fromHex("80")), write: async () => 0, close() {} }))?.conn;
    expect(conn?.remoteAddr).toBeNull();
    await expect(conn?.closeWrite()).rejects.toMatchObject({ code: "ERR_NOT_SUPPORTED" });
    expect(() => conn?.setDeadline(null)).toThrow("setDeadline is not supported by this conn");
  });

  test("after close nothing is given back any more", async () => {
    const conn = (await sniffConn(sent("GET / HTTP/1.1\r\n")))?.conn;
    conn?.close();
    await expect(conn?.read(new Uint8Array(8))).rejects.toMatchObject({ code: "ERR_CLOSED" });
  });

  test("a read that is aborted takes nothing of what is given back", async () => {
    const sniffed = await sniffConn(sent("GET / "));
    if (sniffed === null) throw new Error("nothing came");
    const aborted = sniffed.conn.read(new Uint8Array(8), { signal: AbortSignal.abort("no more") });
    expect(await reasonOf(aborted)).toBe("no more");
    expect(await readAllText(sniffed.conn)).toBe("GET / ");
  });

  test("a conn that says nothing in time is closed", async () => {
    const [ours, theirs] = pipe();
    const reason = await reasonOf(sniffConn(ours, { idleTimeoutMs: 5 }));
    expect(reason).toBeInstanceOf(TimeoutError);
    expect(await theirs.read(new Uint8Array(1))).toBeNull();
  });

  test("a conn that says too little in time is closed, however often it says something", async () => {
    const [ours, theirs] = pipe();
    const sniffing = reasonOf(sniffConn(ours, { timeoutMs: 20, maxBytes: 1 << 30 }));
    const dripping = (async () => {
      for (;;) {
        await theirs.write(bytes(" "));
        await setImmediate();
      }
    })();
    expect(String(await reasonOf(dripping))).toContain("closed pipe");
    expect(await sniffing).toBeInstanceOf(TimeoutError);
  });

  test("a conn that speaks something else is closed", async () => {
    const ours = sent("SSH-2.0-OpenSSH_9.2\r\n");
    expect(await reasonOf(sniffConn(ours))).toMatchObject({ code: "ERR_RPC_PROTOCOL" });
    await expect(ours.read(new Uint8Array(1))).rejects.toMatchObject({ code: "ERR_CLOSED" });
  });

  test("a conn that ends too early is closed, and only one that sent nothing is no error", async () => {
    const half = sent('{"method"');
    expect(await reasonOf(sniffConn(half))).toBeInstanceOf(UnexpectedEOFError);
    await expect(half.read(new Uint8Array(1))).rejects.toMatchObject({ code: "ERR_CLOSED" });
    const silent = sent("");
    expect(await sniffConn(silent)).toBeNull();
    await expect(silent.read(new Uint8Array(1))).rejects.toMatchObject({ code: "ERR_CLOSED" });
  });

  test("what the conn's read rejects with is passed on", async () => {
    const [ours] = pipe();
    ours.close();
    expect(await reasonOf(sniffConn(ours))).toMatchObject({ code: "ERR_CLOSED" });
  });
});
