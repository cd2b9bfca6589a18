/** A wildcard's name: that of `{path...}` is `path`. */
export type WildcardName<N extends string> = N extends `${infer Name}...` ? Name : N;

/** The names of the wildcards of a pattern; `{$}` is none. */
export type WildcardOf<P extends string> = P extends `${string}{${infer Name}}${infer Rest}`
  ? Exclude<WildcardName<Name>, "$"> | WildcardOf<Rest>
  : never;

/** What the wildcards of a pattern stand for: `{ id: string }` for `"/videos/{id}"`. */
export type PatternParams<P extends string = string> = string extends P
  ? Readonly<Record<string, string>>
  : { readonly [Name in WildcardOf<P>]: string };
