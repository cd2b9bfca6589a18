// A program that uses the library: `npm run example videos/client [URL]`
import * as rest from "toolkit/rest";
import type { Video } from "./library.js";

const [url = "http://127.0.0.1:8080"] = process.argv.slice(2);
const api = rest.client(url);

const { location } = await api.post("/videos", { title: "Playtime", year: 1967, minutes: 124 });
const path = new URL(location ?? "", url).pathname;
const before = await api.get<Video>(path);
print(before.value);

// The reply knows its ETag: the change is refused if somebody else was faster.
const { value } = await api.put<Video>(path, { ...before.value, minutes: 155 }, { ifMatch: before });
print(value);
const late = await api.put(path, { ...before.value, minutes: 1 }, { ifMatch: before }).catch((err: unknown) => err);
process.stdout.write(`${(late as Error).message}\n`);

await api.delete(path, { ifMatch: "*" });
const gone = await api.get(path).catch((err: unknown) => err);
process.stdout.write(`${(gone as Error).message}\n`);

function print({ title, minutes, revision }: Video): void {
  process.stdout.write(`${title}: ${minutes} min, revision ${revision}\n`);
}
