// What the pages of the API need to know about this house: a TypeDoc plugin, see typedoc.config.mjs.
import { Comment, Converter, ReflectionKind } from "typedoc";
import { guides } from "./docs-guides.mjs";

/** Members that mean the same wherever they occur, and need no words of their own in the source. */
const wellKnown = {
  name: { kind: ReflectionKind.Property, text: "The name of the class, by which errors are told apart in logs." },
  cause: { kind: ReflectionKind.Property, text: "The error underneath: why." },
  "[dispose]": { kind: ReflectionKind.CallSignature, text: "Closes, as `close` does: for `using`." },
  "[asyncDispose]": {
    kind: ReflectionKind.CallSignature,
    text: "Closes, and resolves when all is released: for `await using`.",
  },
  "[hasInstance]": { kind: ReflectionKind.CallSignature, text: "Holds for an error that wraps one, too." },
};

/** What a comment, or a guide, is made of. */
function partsOf({ comment, content = [] }) {
  return [...content, ...(comment?.summary ?? []), ...(comment?.blockTags.flatMap((tag) => tag.content) ?? [])];
}

/** Every error and interface of the ground is known by its bare name, in the comments of all rooms and in the guides. */
function linkTheGround({ project }) {
  const ground = new Map(project.getChildByName("toolkit/net")?.children?.map((each) => [each.name, each]));
  for (const part of Object.values(project.reflections).flatMap(partsOf)) {
    if (part.kind === "inline-tag" && part.target === undefined) part.target = ground.get(part.text.trim());
  }
}

/** A guide is named by its file until here; of those there are many that are a README. */
function nameGuide(_context, document) {
  const text = document.content[0]?.text ?? "";
  const guide = guides.find(({ heading }) => text.startsWith(`# ${heading}\n`));
  if (guide === undefined) throw new Error(`scripts/docs-guides.mjs does not know the page ${document.name}`);
  document.name = guide.title;
  document.frontmatter.group = guide.group;
}

function describeWellKnown({ project }) {
  for (const each of Object.values(project.reflections)) {
    const known = Object.hasOwn(wellKnown, each.name) ? wellKnown[each.name] : undefined;
    if (known === undefined || !each.kindOf(known.kind) || each.hasComment()) continue;
    each.comment = new Comment([{ kind: "text", text: known.text }]);
  }
}

/** The members of a type that has no name, as in `{ host: string; port: string }`, are told by what bears the type. */
function excuseInline({ project }, excused) {
  for (const each of project.getReflectionsByKind(ReflectionKind.Property)) {
    const isInline = each.parent?.kindOf(ReflectionKind.TypeLiteral) && !each.hasComment();
    if (isInline && !isInParameter(each)) excused.push(each.getFriendlyFullName());
  }
}

/** Those of a parameter need no excuse: nobody asks for their words. */
function isInParameter(reflection) {
  const { parent } = reflection;
  return parent !== undefined && (parent.kindOf(ReflectionKind.Parameter) || isInParameter(parent));
}

export function load(app) {
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, nameGuide);
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, linkTheGround);
  app.converter.on(Converter.EVENT_RESOLVE_END, describeWellKnown, -10_000); // after comments are inherited
  app.converter.on(Converter.EVENT_RESOLVE_END, (context) => {
    excuseInline(context, app.options.getValue("intentionallyNotDocumented"));
  });
}
