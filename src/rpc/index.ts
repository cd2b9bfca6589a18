/**
 * Go's `net/rpc` for TypeScript: calls the methods of ordinary objects over any connection, and talks to real Go programs.
 *
 * @example
 * ```ts
 * import { PipeListener } from "toolkit/net";
 * import { newClient, type Reply, Server } from "toolkit/rpc";
 *
 * class Arith {
 *   Multiply(args: { A: number; B: number }, reply: Reply<number>): void {
 *     reply.value = args.A * args.B;
 *   }
 * }
 *
 * const listener = new PipeListener(); // or tcp.listen("127.0.0.1:0"), unix.listen(path), ws.listen("127.0.0.1:0")
 * const server = new Server();
 * server.register(new Arith());
 * void server.accept(listener);
 *
 * const client = newClient(await listener.dial()); // or await dial("tcp", "127.0.0.1:1234")
 * console.log(await client.call("Arith.Multiply", { A: 7, B: 8 })); // 56
 * console.log(await client.service<Arith>("Arith").Multiply({ A: 7, B: 8 })); // 56
 * await server.shutdown();
 * ```
 *
 * ## Codecs
 * `"msgpack"`, the default, is what Go programs speak through `hashicorp/net-rpc-msgpackrpc`: a header map, then the body.
 * Go's `[]byte` and `time.Time` arrive as bytes and dates only if the Go side sets `WriteExt` on its handle: without it
 * they travel as strings.
 *
 * ## Concurrency
 * A client may have any number of calls under way; a server serves the requests of one connection side by side and
 * answers in the order in which they are done. Calls and replies of one tick leave in one write. Leave arguments and
 * replies unchanged until the call is settled.
 *
 * ## Limits
 * A message holds 32 MiB (`maxMessageBytes`), 100 levels (`maxDepth`) and 1,048,576 items (`maxItems`) at most, its header
 * 1 MiB; an error's message is cut off after 65,536 characters. A server
 * runs 1024 calls of a connection at once (`maxConcurrentCalls`), a client has 65,536 pending (`maxPendingCalls`). Who
 * writes faster than the peer reads waits once 1 MiB is behind. Dialling takes 30 s at most (`timeoutMs`).
 *
 * ## Errors
 * {@link ServerError} is what the other end said; every other error is local. {@link ShutdownError} is a call on a closed
 * client, {@link EncodeError} a value that cannot be sent, {@link DecodeError} a reply that cannot be read,
 * {@link ProtocolError} bytes that are no message.
 *
 * ## Differences from Go
 * Any object or list of objects can be an argument or a reply: there are no types to check them against, so what a Go
 * client sends in place of what a method expects reaches the method. A method that fails with an empty message is heard
 * as `unspecified error`; one that throws harms its call alone. A reply that cannot be encoded, or decoded, fails its
 * call, not the connection. `close` may be called twice. A key `__proto__` arrives as `__proto_`.
 *
 * @module toolkit/rpc
 */
export { Call, type Done } from "./call.js";
export type { CallOptions, StreamOptions } from "./call-options.js";
export type { Caller, ClientState } from "./caller.js";
export { Client, type ClientOptions, type NewClientOptions, newClient, newClientWithCodec } from "./client.js";
export {
  type Awaitable,
  type BodyType,
  type ClientCodec,
  type CodecFeatures,
  type CodecLimits,
  type CodecName,
  cancelMethod,
  creditMethod,
  type DuplexCodec,
  type Request,
  type Response,
  type ServerCodec,
} from "./codec.js";
export type { CodecOptions, DuplexCodecName } from "./codecs.js";
export {
  type AnySchema,
  type Contract,
  type InputOf,
  type MethodContract,
  type MethodContracts,
  method,
  type OutputOf,
  service,
  stream,
} from "./contract.js";
export {
  accept,
  defaultServer,
  handleHTTP,
  register,
  registerName,
  serveCodec,
  serveConn,
  serveRequest,
} from "./default-server.js";
export {
  type ConnOptions,
  type DialNetwork,
  type DialOptions,
  type DialPeerOptions,
  dial,
  dialHTTP,
  dialHTTPPath,
  dialPeer,
} from "./dial.js";
export {
  CanceledError,
  DecodeError,
  EncodeError,
  ProtocolError,
  ServerError,
  type ServerErrorOptions,
  ShutdownError,
} from "./errors.js";
export type { HTTPServer } from "./http/connect-server.js";
export type { DebugLatency, DebugMethod, DebugService, DebugSkipped, DebugSnapshot } from "./http/debug-snapshot.js";
export type { HTTPPortOptions } from "./http/port.js";
export type { PostHandler, PostResponse } from "./http/post.js";
export type { PostRequest } from "./http/post-body.js";
export { type Fetch, type FetchResponse, PostClientCodec, type PostClientOptions } from "./http/post-client.js";
export type { Implementation } from "./implementation.js";
export type { InterceptedCall, Interceptor, Next } from "./interceptor.js";
export { Positional, positional } from "./jsonrpc2/params.js";
export type { Latency } from "./method-stats.js";
export type { SkippedMethod } from "./methods.js";
export type { DiagnosticsMessage } from "./observe/diagnostics.js";
export {
  type OpenTelemetryAPI,
  type OpenTelemetrySpan,
  type OpenTelemetryTracer,
  openTelemetry,
} from "./observe/open-telemetry.js";
export type { SpanAttributes } from "./observe/span-attributes.js";
export { type NewPeerOptions, newPeer, Peer, type PeerOptions } from "./peer.js";
export type { MethodInfo, ServiceInfo } from "./registry.js";
export type {
  ContractMethod,
  ContractService,
  ExportedName,
  Registrable,
  RemoteMethod,
  RemoteService,
  ServiceOptions,
  StreamName,
} from "./remote-service.js";
export type { ServableConn } from "./replay-conn.js";
export {
  type CallContext,
  type MethodResult,
  Reply,
  type ReplyStream,
  type ServiceMethod,
  type StreamMethod,
} from "./reply.js";
export {
  type ConnListener,
  type ServeOptions,
  Server,
  type ServerHTTPOptions,
  type ServerOptions,
  type ShutdownOptions,
} from "./server.js";
export type { ServingOptions } from "./serving.js";
