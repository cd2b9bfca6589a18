// Rules of this house that no linter brings: an oxlint plugin, named "house" in .oxlintrc.json.

const callersMistakes = new Set(["TypeError", "RangeError", "SyntaxError"]);
const isFunction = (node) => node?.type === "ArrowFunctionExpression" || node?.type === "FunctionExpression";
const isTopLevel = (node) => node.parent.type === "Program" || node.parent.parent?.type === "Program";

/** A message as far as it can be read off the source; `…` stands for what is put in. */
function textOf(node) {
  if (node?.type === "Literal" && typeof node.value === "string") return node.value;
  return node?.type === "TemplateLiteral" ? node.quasis.map(({ value }) => value.cooked).join("…") : null;
}

const rules = {
  "no-export-all": (report) => ({
    ExportAllDeclaration: (node) => report(node, "Name what you export: `export *` hides the public surface."),
  }),

  "no-module-let": (report) => ({
    VariableDeclaration(node) {
      if (node.kind !== "const" && isTopLevel(node)) report(node, "A module keeps no mutable state: use `const`.");
    },
  }),

  "hash-private": (report) => {
    const check = (node) => {
      if (node.accessibility === "private") report(node, "Use `#name`: `private` is gone at run time.");
    };
    // A constructor cannot be called `#constructor`.
    const checkMethod = (node) => node.kind !== "constructor" && check(node);
    return { PropertyDefinition: check, MethodDefinition: checkMethod, TSParameterProperty: check };
  },

  "no-impl-export": (report) => ({
    ExportNamedDeclaration(node) {
      const name = node.declaration?.id?.name ?? "";
      if (name.endsWith("Impl")) report(node, `Name ${name} for what it is, not for being an implementation.`);
    },
  }),

  /** A constant whose type is written down is a value that happens to be a function. */
  "top-level-function": (report) => ({
    VariableDeclarator(node) {
      const bare = isFunction(node.init) && !node.id.typeAnnotation;
      if (bare && isTopLevel(node.parent)) report(node, "Declare functions of a module with `function`.");
    },
  }),

  "error-message": (report) => ({
    NewExpression(node) {
      const text = callersMistakes.has(node.callee.name) ? textOf(node.arguments[0]) : null;
      if (text === null) return;
      // `websocket: …` is Go's way, `ones is 33, not …` begins with the name of a parameter.
      if (!/^([^a-z]|\w+: |\w+( …)? is )/.test(text)) report(node, "Begin with a capital: `Cannot …`.");
      if (text.endsWith(".")) report(node, "End a message without a full stop.");
      if (/n't\b/.test(text)) report(node, "Write contractions out: `cannot`, `is not`.");
    },
  }),
};

const plugin = (visitor) => ({
  create: (context) => visitor((node, message) => context.report({ node, message })),
});

export default {
  meta: { name: "house" },
  rules: Object.fromEntries(Object.entries(rules).map(([name, visitor]) => [name, plugin(visitor)])),
};
