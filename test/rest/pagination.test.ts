import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { page, pageLinks, readPage } from "../../src/rest/pagination.js";
import { formatLinks, parseLinks } from "../../src/rest/pagination-link.js";

describe("parseLinks", () => {
  test.each<[string, string[][]]>([
    ['</a>; rel="next"', [["/a", "next"]]],
    [
      "</a>;rel=next,</b>;rel=prev",
      [
        ["/a", "next"],
        ["/b", "prev"],
      ],
    ],
    [
      '</a>; rel="next last"',
      [
        ["/a", "next"],
        ["/a", "last"],
      ],
    ],
    ["</a>; crossorigin; rel=next", [["/a", "next"]]],
    ['</a,b;c>; title="x, <y>; rel=evil"; rel=next', [["/a,b;c", "next"]]],
    ['</a>; rel=next; rel=evil; uri="/evil"', [["/a", "next"]]],
    ['</a> ; REL = "NEXT" ;;', [["/a", "next"]]],
    [" , ,</a>; rel=next, ,", [["/a", "next"]]],
    ['<>; rel="self"', [["", "self"]]],
    ['</a>; rel="next"garbage, </b>; rel=prev', [["/a", "next"]]],
    ["</a; rel=next", []],
    ["/a; rel=next", []],
    ['</a>; rel="next', []],
    ["</a>", []],
    ["", []],
  ])("%s", (field, expected) => {
    expect(parseLinks(field).map(({ target, rel }) => [target, rel])).toEqual(expected);
  });
  test("gives attributes, of which the first of a name counts, and none of an object's own", () => {
    const [link] = parseLinks(
      '</a>; title="a \\"b\\""; title=c; rel=next; hreflang=de; __proto__=x; title*=UTF-8\'\'%e2',
    );
    expect(link?.attributes).toEqual({ title: 'a "b"', hreflang: "de", ["__proto__"]: "x", "title*": "UTF-8''%e2" });
    expect(Object.getPrototypeOf(link?.attributes)).toBe(Object.prototype);
  });
  test("takes no list that has no end, and no time for what is malformed", () => {
    expect(parseLinks("</a>; rel=next,".repeat(5000))).toHaveLength(100);
    for (const bad of ["<", "<a>;", '<a>; x="', "<a>;  ", ";a", '<a>; a="\\', ","]) {
      expect(parseLinks(bad.repeat(20_000)).length).toBeLessThanOrEqual(100);
    }
  });
  test("reads back what formatLinks writes", () => {
    const token = fc.stringMatching(/^[a-z][a-z-]{0,8}$/).filter((name) => name !== "rel");
    const value = fc.stringMatching(/^[ -~]{0,20}$/);
    const link = fc.record({
      target: fc.webUrl({ withQueryParameters: true }),
      rel: fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/),
      attributes: fc.dictionary(token, value, { noNullPrototype: true }),
    });
    fc.assert(
      fc.property(fc.array(link, { maxLength: 5 }), (links) => {
        expect(parseLinks(formatLinks(links))).toEqual(links);
      }),
    );
  });
  test("any text gives links, or none", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("<", ">", ";", "=", '"', ",", " ", "a", "b", "\\") }), (text) =>
        Array.isArray(parseLinks(text)),
      ),
    );
  });
});

describe("formatLinks", () => {
  test.each([
    { target: "/a>; rel=evil, <b", rel: "next" },
    { target: "/a\r\nX: y", rel: "next" },
    { target: "/ü", rel: "next" },
    { target: "/a", rel: "ü" },
    { target: "/a", rel: "next", attributes: { "a b": "" } },
    { target: "/a", rel: "next", attributes: { title: "a\nb" } },
  ])("refuses what would be something else: %j", (link) => {
    expect(() => formatLinks([link])).toThrow(TypeError);
  });
});

describe("readPage", () => {
  const read = (query: string, options = {}) => readPage(new URL(`http://localhost/list${query}`), options);
  test("reads cursor and limit", () => {
    expect(read("?cursor=a%2Fb&limit=20")).toEqual({ cursor: "a/b", limit: 20 });
    expect(read("")).toEqual({ cursor: undefined, limit: 50 });
    expect(read("", { maxLimit: 10 })).toEqual({ cursor: undefined, limit: 10 });
    expect(read("?limit=999999999")).toEqual({ cursor: undefined, limit: 100 });
  });
  test.each(["0", "-1", "1.5", "1e3", "abc", "", "9".repeat(50)])("refuses the limit %j", (limit) => {
    expect(() => read(`?limit=${limit}`)).toThrow(expect.objectContaining({ status: 400 }));
  });
  test("refuses a cursor that is too long", () => {
    expect(() => read(`?cursor=${"x".repeat(3000)}`)).toThrow(expect.objectContaining({ status: 400 }));
  });
});

describe("page", () => {
  const url = new URL("http://evil.example/list?limit=2&sort=a%20b&cursor=x");
  test("links to its neighbours, relatively, with the rest of the query", () => {
    expect(pageLinks(url, { first: true, prev: "p", next: "n>", last: "l" })).toBe(
      [
        '<?limit=2&sort=a+b>; rel="first"',
        '<?limit=2&sort=a+b&cursor=p>; rel="prev"',
        '<?limit=2&sort=a+b&cursor=n%3E>; rel="next"',
        '<?limit=2&sort=a+b&cursor=l>; rel="last"',
      ].join(", "),
    );
  });
  test.each([
    ["http://localhost/list?cursor=x", "http://localhost/list"],
    ["http://localhost/a/b/?cursor=x", "http://localhost/a/b/"],
    ["http://localhost/a/c:d%2Fe?cursor=x", "http://localhost/a/c:d%2Fe"],
  ])("the first page of %s has no cursor, wherever a proxy or a framework has mounted it", (asked, first) => {
    const [link] = parseLinks(pageLinks(new URL(asked), { first: true }));
    expect(new URL(link?.target ?? "", asked).href).toBe(first);
    const mounted = asked.replace("localhost/", "localhost/api/v1/");
    expect(new URL(link?.target ?? "", mounted).href).toBe(first.replace("localhost/", "localhost/api/v1/"));
  });
  test("does not link to another host for a path that begins with two slashes", () => {
    const url = new URL("http://localhost//evil.example");
    const [first, next] = parseLinks(pageLinks(url, { first: true, next: "n" }));
    expect(new URL(next?.target ?? "", url).href).toBe("http://localhost//evil.example?cursor=n");
    expect(new URL(first?.target ?? "", url).href).toBe("http://localhost//evil.example");
  });
  test("links from any URL that a client may come up with", () => {
    const odd = new URL("http://localhost/a|b^c`{d}\\e'%zz/?q=|^`{}\\'\"<>%zz&cursor=<x>");
    const [link] = parseLinks(pageLinks(odd, { next: "n" }));
    const next = new URL(link?.target ?? "", odd);
    expect(decodeURIComponent(next.pathname.replace("%zz", ""))).toBe("/a|b^c`{d}/e'/");
    expect(next.searchParams.get("q")).toBe("|^`{}\\'\"<>%zz");
  });
  test("keeps what the caller says, and has no Link without neighbours", () => {
    const { value, options } = page(url, [1], {}, { status: 206, headers: { "X-A": "1" } });
    expect([value, options.status, [...new Headers(options.headers)]]).toEqual([[1], 206, [["x-a", "1"]]]);
  });
});
