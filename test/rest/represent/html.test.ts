import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { html, view } from "../../../src/rest/represent/html.js";
import { escapeMarkup, Markup, markup } from "../../../src/rest/represent/markup.js";

const evil = `"><script>alert('x')</script>&\``;

describe("markup", () => {
  test("escapes what is put in, but for markup", () => {
    expect(
      String(markup`<a title="${evil}">${[evil, 1, null, undefined, false, true, markup`<b>${"<"}</b>`]}</a>`),
    ).toBe(`<a title="${escapeMarkup(evil)}">${escapeMarkup(evil)}1true<b>&lt;</b></a>`);
    expect(String(markup`${new Markup("<hr>")}`)).toBe("<hr>");
    expect(String(markup`${{ toString: () => "<i>" }}`)).toBe("&lt;i&gt;");
  });

  test("nothing that is put in leaves its place", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(String(markup`${text}`)).not.toMatch(/[<>"'`]|&(?!(?:amp|lt|gt|quot|#39|#96);)/);
      }),
    );
  });
});

describe("HTML", () => {
  const page = (value: unknown) => html.encode(value, { url: new URL("http://localhost/<p>") }) as string;

  test("shows any value, and lets none of it be markup", () => {
    const known = /<\/?(?:dl|dt|dd|ul|li|table|thead|tbody|tr|th|td|code|a)(?: href="https?:[^"<>]*")?>/g;
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const [, body = "<"] = /<\/h1>(.*)<\/body>/s.exec(page(value)) ?? [];
        expect(body.replace(known, "")).not.toMatch(/[<>]/);
      }),
    );
    expect(page({ [evil]: [{ [evil]: evil }] })).not.toContain("<script");
    expect(page("javascript:alert(1)")).not.toContain("<a");
    expect(page("https://x/?a=1&b='")).toContain('<a href="https://x/?a=1&amp;b=&#39;">');
  });

  test("shows objects as terms, and arrays of objects as a table", () => {
    expect(page({ a: [{ x: 1 }, { y: new Date(0) }], b: [1, [2]] })).toContain(
      "<dl><dt>a</dt><dd><table><thead><tr><th>x</th><th>y</th></tr></thead><tbody><tr><td>1</td><td></td></tr>" +
        "<tr><td></td><td>1970-01-01T00:00:00.000Z</td></tr></tbody></table></dd>" +
        "<dt>b</dt><dd><ul><li>1</li><li><ul><li>2</li></ul></li></ul></dd></dl>",
    );
  });

  test("a view writes pages of its own", async () => {
    const own = view<{ name: string }>(({ name }, { url }) => markup`<p>${name} ${url?.pathname}</p>`);
    expect(own.mediaType).toBe("text/html");
    expect(await own.encode({ name: "<" }, { url: new URL("http://x/y") })).toBe("<p>&lt; /y</p>");
  });
});
