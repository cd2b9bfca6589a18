// What the pages of the API need to know about this house: a TypeDoc plugin, see typedoc.config.mjs.
import { Comment, Converter, ReflectionKind } from "typedoc";

/** Members that mean the same wherever they occur, and need no words of their own in the source. */
const wellKnown = {
  name: { kind: ReflectionKind.Property, text: "The name of the class, by which errors are told apart in logs." },
  "[dispose]": { kind: ReflectionKind.CallSignature, text: "Closes, as `close` does: for `using`." },
  "[asyncDispose]": {
    kind: ReflectionKind.CallSignature,
    text: "Closes, and resolves when all is released: for `await using`.",
  },
  "[hasInstance]": { kind: ReflectionKind.CallSignature, text: "Holds for an error that wraps one, too." },
};

/** Every error and interface of the ground is known by its bare name in the comments of all rooms. */
function linkTheGround({ project }) {
  const ground = new Map(project.getChildByName("toolkit/net")?.children?.map((each) => [each.name, each]));
  for (const { comment } of Object.values(project.reflections)) {
    if (comment === undefined) continue;
    for (const part of [comment.summary, ...comment.blockTags.map((tag) => tag.content)].flat()) {
      if (part.kind === "inline-tag" && part.target === undefined) part.target = ground.get(part.text.trim());
    }
  }
}

function describeWellKnown({ project }) {
  for (const each of Object.values(project.reflections)) {
    const known = Object.hasOwn(wellKnown, each.name) ? wellKnown[each.name] : undefined;
    if (known === undefined || !each.kindOf(known.kind) || each.hasComment()) continue;
    each.comment = new Comment([{ kind: "text", text: known.text }]);
  }
}

export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, linkTheGround);
  app.converter.on(Converter.EVENT_RESOLVE_END, describeWellKnown, -10_000); // after comments are inherited
}
