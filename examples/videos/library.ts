import { z } from "zod";

/** What a client says of a video: in JSON, XML, or the fields of a form, where numbers are text. */
export const VideoFields = z.object({
  title: z.string().trim().min(1).max(200),
  year: z.coerce.number().int().min(1888).max(2100),
  minutes: z.coerce.number().int().min(1).max(10_000),
});

/** What a client says of a video, checked. */
export type VideoFields = z.output<typeof VideoFields>;

/** A video; `revision` goes up with each change. Videos are replaced, never changed in place. */
export interface Video extends VideoFields {
  readonly id: string;
  readonly revision: number;
}

const first: readonly VideoFields[] = [
  { title: "Metropolis", year: 1927, minutes: 153 },
  { title: "Modern Times", year: 1936, minutes: 87 },
  { title: "Seven Samurai", year: 1954, minutes: 207 },
];

/** Videos, in memory. */
export class Library {
  readonly #videos = new Map<string, Video>();
  #lastId = 0;
  #revision = 0;

  constructor() {
    for (const fields of first) this.add(fields);
  }

  /** Goes up with each change of any video. */
  get revision(): number {
    return this.#revision;
  }

  get isFull(): boolean {
    return this.#videos.size >= 1000;
  }

  list(): Video[] {
    return [...this.#videos.values()];
  }

  get(id: string): Video | undefined {
    return this.#videos.get(id);
  }

  add(fields: VideoFields): Video {
    return this.#put({ id: String(++this.#lastId), revision: 1, ...fields });
  }

  replace({ id, revision }: Video, fields: VideoFields): Video {
    return this.#put({ id, revision: revision + 1, ...fields });
  }

  remove(id: string): void {
    this.#videos.delete(id);
    this.#revision++;
  }

  #put(video: Video): Video {
    this.#videos.set(video.id, video);
    this.#revision++;
    return video;
  }
}
