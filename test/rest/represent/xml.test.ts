import fc from "fast-check";
import { XMLParser } from "fast-xml-parser";
import { describe, expect, test } from "vitest";
import { xml } from "../../../src/rest/represent/xml.js";
import { readXml } from "../../../src/rest/represent/xml-reader.js";
import { writeProblemXml } from "../../../src/rest/represent/xml-writer.js";

const encode = (value: unknown) => xml.encode(value, {}) as string;
const decode = (text: string, maxDepth = 64) => xml.decode?.(new TextEncoder().encode(text), { maxDepth });

/** Text that XML can say: no controls, no halves of pairs. */
const sayable = fc
  .string({ unit: "grapheme", maxLength: 12 })
  .filter((text) => !/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(text));
const key = fc.oneof(
  fc.stringMatching(/^[a-zé_][\w.-]{0,4}$/),
  sayable,
  fc.constantFrom("", "_", "a b", "@id", "#text", "a:b", "type", "item"),
);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    sayable,
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n)),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("any"), { maxLength: 4 }),
    fc.dictionary(
      key.filter((name) => name !== "__proto__"),
      tie("any"),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
})).any;

describe("XML", () => {
  test("comes back as it was, whatever JSON can say", () => {
    fc.assert(
      fc.property(value, (one) => {
        expect(decode(encode(one))).toEqual(one);
      }),
    );
  });

  test("says the same to a parser with settings of its own", () => {
    const parser = new XMLParser({ ignoreAttributes: false, parseTagValue: false, trimValues: false });
    const names = fc.stringMatching(/^[a-z]{1,3}$/);
    const texts = sayable.filter((text) => !text.includes("\r"));
    fc.assert(
      fc.property(fc.dictionary(names, texts, { minKeys: 1, noNullPrototype: true }), (record) => {
        const { document } = parser.parse(encode(record)) as { document: unknown };
        expect(document).toEqual(record);
      }),
    );
  });

  test("looks like this", () => {
    const state = { id: 7, name: "<Ada> & 'Co'", tags: ["a", "b"], old: null, ok: true, none: {}, "2nd": "x\r\n" };
    expect(encode(state)).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<document>' +
        `<id type="number">7</id><name>&lt;Ada&gt; &amp; 'Co'</name>` +
        '<tags type="array"><item>a</item><item>b</item></tags><old type="null"/><ok type="boolean">true</ok>' +
        '<none type="object"/><_ name="2nd">x&#13;\n</_></document>',
    );
  });

  test("has U+FFFD for what XML has not", () => {
    expect(decode(encode({ a: "\0\ud800\ufffe" }))).toEqual({ a: "\ufffd\ufffd\ufffd" });
  });

  test("cannot say what JSON cannot", () => {
    expect(() => encode(() => 1)).toThrow(TypeError);
  });

  test("from elsewhere makes objects, arrays of what comes twice, and members of attributes", () => {
    const text = `<?xml version='1.0' encoding='utf-8' standalone="yes" ?><!-- c --><?pi x?>
      <feed xmlns="urn:x" id="1"><entry>a &lt; b &#x41;&#66;</entry><entry lang='de'>c<![CDATA[<d>]]></entry><one><two/></one></feed>
      <!-- end -->`;
    expect(decode(text)).toEqual({
      "@id": "1",
      entry: ["a < b AB", { "@lang": "de", "#text": "c<d>" }],
      one: { two: "" },
    });
  });

  test("is read in the charset of its mark, of the field, of its declaration, in this order", () => {
    const utf16 = (mark: boolean) =>
      new Uint8Array([...(mark ? [0xff, 0xfe] : []), ...Buffer.from("<a>é</a>", "utf16le")]);
    const latin1 = new Uint8Array(Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>', "latin1"));
    expect(xml.decode?.(utf16(true), { charset: "utf-8", maxDepth: 9 })).toBe("é");
    expect(xml.decode?.(utf16(false), { charset: "utf-16le", maxDepth: 9 })).toBe("é");
    expect(xml.decode?.(latin1, { maxDepth: 9 })).toBe("é");
  });

  test.each([
    "",
    "text",
    "<a>",
    "</a>",
    "<a></b>",
    "<a><b></a></b>",
    "<a/><b/>",
    "<a/>text",
    "<a b></a>",
    "<a b=c></a>",
    "<a b='1' b='2'/>",
    "<a b='<'/>",
    "<a b='1'c='2'/>",
    "<a b='1",
    "<1a/>",
    "< a/>",
    "<a>]]></a>",
    "<a>&amp</a>",
    "<a>&bomb;</a>",
    "<a>&#0;</a>",
    "<a>&#xD800;</a>",
    "<a>&#x110000;</a>",
    "<a>&#X41;</a>",
    "<a>\0</a>",
    "<a><!-- a -- b --></a>",
    "<a><!-- a",
    "<a><![CDATA[</a>",
    "<a><?xml version='1.0'?></a>",
    "<a><?",
    " <?xml version='1.0'?><a/>",
    "<!DOCTYPE a><a/>",
    "<!doctype a><a/>",
    '<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]><lolz>&lol2;</lolz>',
    '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    "<a><!ELEMENT b></a>",
    "<![CDATA[x]]>",
    "<a>&am<!-- -->p;</a>",
    "<a>&am<?p?>p;</a>",
    "<a>]]<b/>]]></a>",
    "<a></a/>",
    "<a></a b='1'>",
    "<a b='1' / >",
    "<a:b></a:c>",
    "<\u{10000}/>",
    "\u00a0<a/>",
    "<a/><![CDATA[x]]>",
    "<a/></a>",
    "<a>&amp;&lt;&#1;</a>",
    "<a b='&#xFFFE;'/>",
    "<__proto__/><a/>",
    "<a><__proto__>1</__proto__></a>",
    "<a type='number'>x</a>",
    "<a type='boolean'>yes</a>",
  ])("refuses %j", (text) => {
    expect(() => decode(text)).toThrow(SyntaxError);
  });

  test("says nothing but SyntaxErrors of any text", () => {
    const piece = fc.constantFrom(
      "<",
      ">",
      "/",
      "a",
      "b",
      "=",
      "'",
      '"',
      "&",
      ";",
      "!",
      "-",
      "[",
      "]",
      "?",
      " ",
      "CDATA",
      "#x41",
      "xml",
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join("")),
        (text) => {
          try {
            readXml(text, 10);
          } catch (error) {
            expect(error).toBeInstanceOf(SyntaxError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("takes names for names, whatever they are to JavaScript or to the parser", () => {
    const names = [
      "constructor",
      "prototype",
      "toString",
      "hasOwnProperty",
      "valueOf",
      "__defineGetter__",
      "_proto_",
      "text",
    ];
    for (const name of names) {
      const value = { [name]: { [name]: "1" } };
      expect(decode(encode(value))).toEqual(value);
      expect(decode(`<a ${name}="1"/>`)).toEqual({ [`@${name}`]: "1" });
    }
    expect(decode('<a __proto__="1"/>')).toEqual({ "@__proto__": "1" });
    expect(({} as Record<string, unknown>)["1"]).toBeUndefined();
  });

  test("is one text with comments, instructions and CDATA in it", () => {
    const text = `<a><?p it's > ?>1<!-- <b> ' -->2<![CDATA[ &amp;<b>]]]]><![CDATA[>]]><?q '?>3</a>`;
    expect(decode(text)).toBe("12 &amp;<b>]]>3");
    expect(decode("<a b = '\t>\n'\n></a\n>")).toEqual({ "@b": " > " });
    expect(decode("<a> 1\r\n2\r3 </a>")).toBe(" 1\n2\n3 ");
    expect(decode("<a>007</a>")).toBe("007");
  });

  test("refuses what goes on and on, without going on and on", () => {
    for (const piece of ["<!--", "<![CDATA[", "<?a", "<a ", "<a '", "<", "&", "</", "<a b='' ", "]]>"]) {
      expect(() => decode(`<r>${piece.repeat(50_000)}`), piece).toThrow(SyntaxError);
    }
    for (const tag of [`<r ${"'' ".repeat(50_000)}/>`, `<r ${"'".repeat(50_001)}/>`, `<${"a".repeat(10_000)}></a>`]) {
      expect(() => decode(tag)).toThrow(/^XML: .{1,120}$/);
    }
  });

  test("nests no deeper than it may", () => {
    const nested = (depth: number) => "<a>".repeat(depth) + "</a>".repeat(depth);
    expect(() => decode(nested(5), 5)).not.toThrow();
    expect(() => decode(nested(6), 5)).toThrow("XML: Nested deeper than 5");
  });
});

test("problems are written as RFC 9457 appendix B has them", () => {
  const written = writeProblemXml({
    type: "urn:p",
    title: "No & more",
    status: 403,
    balance: 30,
    accounts: ["/a", "/b"],
    "bad name": 1,
    none: null,
  });
  expect(written).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n<problem xmlns="urn:ietf:rfc:7807"><type>urn:p</type><title>No &amp; more</title>' +
      "<status>403</status><balance>30</balance><accounts><i>/a</i><i>/b</i></accounts><none></none></problem>",
  );
});
