/** What fields are found in. */
interface StructType<S> {
  readonly base: S;
  readonly parts: readonly S[];
  readonly isEmbedded: boolean;
  /** They stand as the parts do. */
  readonly fieldNames: readonly string[];
}

/** A field of a struct in JSON. @internal */
export interface JSONField<S> {
  readonly name: string;
  readonly type: S;
  /** The embedded structs that it is in, from without. */
  readonly path: readonly string[];
  /** Where it stands, among the fields of the structs of the path. */
  readonly order: readonly number[];
}

/** A struct that is looked into. */
interface Level<S> {
  readonly struct: S;
  readonly path: readonly string[];
  readonly order: readonly number[];
}

/** What is embedded twice hides itself; more often makes no difference. */
const mostAlike = 2;

/**
 * Gives the fields that a struct has in JSON, as Go's encoding/json finds them: those of embedded structs stand among those of the
 * outer one; of one name, that which lies least deep; none, where two lie equally deep. @internal
 */
export function jsonFields<S extends StructType<S>>(type: S): readonly JSONField<S>[] {
  const found = new Map<string, JSONField<S> | null>();
  const seen = new Set<S>();
  let level: Level<S>[] = [{ struct: type, path: [], order: [] }];
  while (level.length > 0) {
    const [fields, next] = lookInto(level);
    for (const { struct } of level) seen.add(struct);
    const here = new Map<string, JSONField<S> | null>();
    for (const field of fields) here.set(field.name, here.has(field.name) ? null : field);
    for (const [name, field] of here) if (!found.has(name)) found.set(name, field);
    level = thinned(next).filter(({ struct }) => !seen.has(struct));
  }
  return [...found.values()].filter((field) => field !== null).toSorted(byOrder);
}

/** Drops what is embedded once more than often enough. */
function thinned<S>(level: readonly Level<S>[]): Level<S>[] {
  const counts = new Map<S, number>();
  return level.filter(({ struct }) => {
    const count = (counts.get(struct) ?? 0) + 1;
    counts.set(struct, count);
    return count <= mostAlike;
  });
}

function lookInto<S extends StructType<S>>(level: readonly Level<S>[]): [JSONField<S>[], Level<S>[]] {
  const fields: JSONField<S>[] = [];
  const next: Level<S>[] = [];
  for (const { struct, path, order } of level) {
    for (const [i, name] of struct.fieldNames.entries()) {
      const part = struct.parts[i] as S;
      const place = [...order, i];
      if (part.isEmbedded) next.push({ struct: part.base, path: [...path, name], order: place });
      else fields.push({ name, type: part, path, order: place });
    }
  }
  return [fields, next];
}

function byOrder<S>({ order: a }: JSONField<S>, { order: b }: JSONField<S>): number {
  const at = a.findIndex((place, i) => place !== b[i]);
  return at < 0 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? -1);
}
