import * as rest from "toolkit/rest";
import { files } from "../shared/files.js";
import type { Running } from "../shared/run-server.js";
import { Library, VideoFields } from "./library.js";
import { html, text } from "./representations.js";

/** Serves a library of videos. The handlers give and take states; how these look is for the representations. */
export async function serveVideos(address: string): Promise<Running> {
  const library = new Library();
  const handler = rest.handler({
    resources: [videos(library), video(library), ...files(import.meta.url, "page.css", "../shared/style.css")],
    represent: [rest.json, rest.xml, html, text, rest.form], // the first is for those who do not mind
  });
  return rest.serve(address, handler);
}

function videos(library: Library): rest.Resource {
  return rest.resource("/videos", {
    etag: () => String(library.revision),
    GET: () => library.list(),
    POST: {
      body: VideoFields, // what does not fit is a 422, and says why
      handle: async (_request, context) => {
        const fields = await context.body<VideoFields>();
        if (library.isFull) throw new rest.Problem(507, { detail: "The library holds no more videos." });
        const made = library.add(fields);
        return rest.created(`/videos/${made.id}`, made, { etag: String(made.revision) });
      },
    },
  });
}

function video(library: Library): rest.Resource {
  const find = ({ pathValue }: rest.Context) => library.get(pathValue("id")); // undefined is a 404
  const revisionOf = (_request: Request, context: rest.Context) => find(context)?.revision.toString();
  return rest.resource("/videos/{id}", {
    etag: revisionOf,
    requirePrecondition: true, // no change without saying which revision it is of
    GET: (_request, context) => find(context),
    PUT: {
      body: VideoFields,
      handle: async (_request, context) => {
        const before = find(context);
        const fields = await context.body<VideoFields>();
        if (before === undefined) throw new rest.Problem(404);
        if (find(context) !== before) throw new rest.Problem(412); // somebody was faster, while the body came
        const after = library.replace(before, fields);
        return rest.reply(after, { etag: String(after.revision) });
      },
    },
    DELETE: (_request, { pathValue }) => library.remove(pathValue("id")),
  });
}
