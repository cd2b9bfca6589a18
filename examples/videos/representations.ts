import * as rest from "toolkit/rest";
import type { Video } from "./library.js";

/** One video as a line of text, several as a line each. */
export const text: rest.Representation = {
  ...rest.text,
  encode: (state) => [state as Video | readonly Video[]].flat().map(line).join(""),
};

/** Pages for people; `markup` escapes what is put in. */
export const html = rest.view<Video | readonly Video[]>((state) => ("title" in state ? pageOf(state) : listOf(state)));

function line({ id, title, year, minutes }: Video): string {
  return `${id}. ${title} (${year}), ${minutes} min\n`;
}

function listOf(videos: readonly Video[]): rest.Markup {
  const items = videos.map(
    ({ id, title, year, minutes }) =>
      rest.markup`<li><a href="/videos/${id}">${title}</a> <span class="soft">${year} · ${minutes} min</span></li>`,
  );
  return page(
    "Videos",
    rest.markup`<ul class="card">${items}</ul>
<form class="card" method="post" action="/videos">
  <h2>Add a video</h2>
  <label>Title <input name="title" maxlength="200" required></label>
  <label>Year <input name="year" type="number" min="1888" max="2100" required></label>
  <label>Minutes <input name="minutes" type="number" min="1" max="10000" required></label>
  <button class="main">Add</button>
</form>`,
  );
}

function pageOf({ title, year, minutes, revision }: Video): rest.Markup {
  return page(
    title,
    rest.markup`<dl class="card">
  <dt>Year</dt><dd>${year}</dd>
  <dt>Length</dt><dd>${minutes} min</dd>
  <dt>Revision</dt><dd>${revision}</dd>
</dl>
<p><a href="/videos">All videos</a></p>`,
  );
}

function page(title: string, content: rest.Markup): rest.Markup {
  return rest.markup`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title}</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="/style.css">
  <link rel="stylesheet" href="/page.css">
</head>
<body>
<h1>${title}</h1>
${content}
</body>
</html>
`;
}
