// The arrows between the rooms of src/, see CONTRIBUTING.md. Type-only imports count as imports.
// Nothing here is a wish: each rule fails on a violation.

/** Who may import whom, beside itself. The files at the root of src/ may import all. */
const arrows = {
  internal: [],
  net: ["internal"],
  nettest: ["internal", "net"],
  tcp: ["internal", "net"],
  tls: ["internal", "net"],
  unix: ["internal", "net"],
  udp: ["internal", "net"],
  ws: ["internal", "net"],
  gob: ["internal"],
  rpc: ["internal", "net", "gob"],
  rest: ["internal", "net", "gob"],
};

/** The files of rpc that know transports, and which. That of the browser is held to what of ws is made for it, below. */
const transports = {
  "rpc/dial": ["tcp", "tls", "unix", "ws"],
  "rpc/browser/dial": ["ws"],
  "rpc/http/port": ["ws"],
};

/** Runs in a browser too: the ground, its contract suites, gob, and of rpc, rest and ws what is made for it. */
const withoutNode = ["^src/(internal|nettest|gob|rpc|rest)/", "^src/net/(?!socket/)", "^src/ws/browser/"];
/** What of these does know Node: the transports, HTTP, */
const withNode = ["^src/rpc/dial\\.ts$", "^src/rpc/http/", "^src/rest/node/"];
/** and what is made of it. */
const reachesNode = [...withNode, "^src/rpc/(index|server|default-server)\\.ts$", "^src/rest/index\\.ts$"];
/** The stream sockets that tcp, tls and unix share. */
const sockets = "^src/net/socket/";

const room = (names) => `^src/(${names.join("|")})/`;
const file = (name) => `^src/${name}\\.ts$`;
const builtin =
  "^(node:)?(assert|async_hooks|buffer|child_process|cluster|crypto|dgram|diagnostics_channel|dns|events|fs|" +
  "http|http2|https|inspector|module|net|os|path|perf_hooks|process|punycode|querystring|readline|stream|" +
  "string_decoder|timers|tls|tty|url|util|v8|vm|wasi|worker_threads|zlib|test)(/|$)";

const layers = Object.entries(arrows).map(([name, left]) => ({
  name: `arrow-${name}`,
  comment: `${name} imports ${left.join(", ") || "no other room"}, and nothing of the others.`,
  severity: "error",
  from: { path: room([name]), pathNot: Object.keys(transports).map(file) },
  to: { path: "^src/", pathNot: room([name, ...left]) },
}));

const wiring = Object.entries(transports).map(([name, known]) => ({
  name: `arrow-${name.replaceAll("/", "-")}`,
  comment: `${name}.ts picks a transport: ${known.join(", ")}.`,
  severity: "error",
  from: { path: file(name) },
  to: { path: "^src/", pathNot: room(["rpc", ...arrows.rpc, ...known]) },
}));

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    ...layers,
    ...wiring,
    {
      name: "known-rooms",
      comment: "A new folder of src/ needs an entry in `arrows` above.",
      severity: "error",
      from: { path: "^src/[^/]+/", pathNot: room([...Object.keys(arrows), "cli"]) },
      to: {},
    },
    {
      name: "cli-is-last",
      comment: "The command is for people: nothing imports it.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/cli/" },
      to: { path: "^src/cli/" },
    },
    {
      name: "inside-out",
      comment: "src/ imports nothing of this repository outside src/.",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(test|examples|bench|scripts|dist)/" },
    },
    {
      name: "sockets-for-adapters",
      comment: "src/net/socket/ is for those who have sockets: the rest of net, and who runs in a browser, stay away.",
      severity: "error",
      from: { path: withoutNode, pathNot: withNode },
      to: { path: sockets },
    },
    {
      name: "no-node-here",
      comment: "These run in a browser: no module of Node's.",
      severity: "error",
      from: { path: withoutNode, pathNot: withNode },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "reaches-no-node",
      comment: "Nor by way of others.",
      severity: "error",
      from: { path: withoutNode, pathNot: reachesNode },
      to: { path: [builtin, sockets, "node_modules/ws/"], reachable: true },
    },
    { name: "no-cycle", comment: "Type-only ones included.", severity: "error", from: {}, to: { circular: true } },
    {
      name: "resolvable",
      comment: "Every import leads somewhere.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "no-dev-dependency",
      comment: "What ships runs on what a user installs.",
      severity: "error",
      from: { path: "^src/" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown", "npm-optional"] },
    },
    {
      name: "no-deprecated-core",
      comment: "No module that Node is about to drop.",
      severity: "error",
      from: {},
      to: { dependencyTypes: ["deprecated"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(dist|docs/api|test/testdata)/" },
    tsPreCompilationDeps: true, // sees `import type`
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["toolkit-source", "import", "require", "node", "default", "types"],
    },
  },
};
