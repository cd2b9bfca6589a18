/**
 * REST.
 * @module toolkit/rest
 */
export { handler } from "./handler.js";
export { type NodeListener, toNode } from "./node/to-node.js";
export { type RestServer, serve } from "./node/serve.js";
export { Problem, type ProblemOptions } from "./problem.js";
export { created, Reply, reply } from "./reply.js";
export { form } from "./represent/form.js";
export { html, view } from "./represent/html.js";
export { json } from "./represent/json.js";
export { Markup, markup } from "./represent/markup.js";
export { msgpack } from "./represent/msgpack.js";
export { text } from "./represent/text.js";
export { xml } from "./represent/xml.js";
export { resource } from "./resource.js";
