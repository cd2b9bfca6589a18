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
 * A {@link service | contract} gives both ends the types, Go's among them, and sees to it that a method gets what it
 * expects:
 *
 * ```ts
 * import { int, struct } from "toolkit/gob";
 * import { pipe } from "toolkit/net";
 * import { method, newClient, Server, service } from "toolkit/rpc";
 *
 * const Args = struct("Args", { A: int, B: int });
 * const arith = service("Arith", { Multiply: method(Args, int) });
 *
 * const [ours, theirs] = pipe();
 * const server = new Server();
 * server.register({ Multiply: (args, reply) => void (reply.value = args.A * args.B) }, arith);
 * void server.serveConn(theirs);
 *
 * const client = newClient(ours, { codec: "gob" }); // as a Go program would
 * console.log(await client.service(arith).Multiply({ A: 7, B: 8 })); // 56
 * await client.call("Arith.Multiply", { A: "7" }).catch((err: Error) => console.log(err.name)); // ServerError
 * await server.shutdown();
 * ```
 *
 * ## Codecs
 * A client chooses one; a server tells by the first bytes which it is, on one port.
 *
 * | codec | who speaks it | calls back | streams | cancels | metadata |
 * | --- | --- | --- | --- | --- | --- |
 * | `"msgpack"`, the default | Go through `hashicorp/net-rpc-msgpackrpc` | yes | yes | yes | yes |
 * | `"gob"` | Go's `net/rpc` | | | yes | yes |
 * | `"jsonrpc"` | Go's `net/rpc/jsonrpc`: JSON-RPC 1.0 | | | | |
 * | `"jsonrpc2"` | JSON-RPC 2.0 in any language | yes | yes | yes | yes |
 *
 * What Go does not know rides in fields that it passes over. Cancelling is a call of `_goRPC_.Cancel`, as the fork
 * `keegancsmith/rpc` has it, or a notification `$/cancelRequest`. With msgpack, Go's `[]byte` and `time.Time` arrive as
 * what they are by a contract; without one only if the Go side sets `WriteExt` on its handle.
 *
 * ## Transports
 * Any conn will do: those of `toolkit/tcp`, `toolkit/tls`, `toolkit/unix`, `toolkit/ws` and `toolkit/net`'s pipes. The port
 * that {@link Server.accept} serves speaks HTTP too: CONNECT on `/_goRPC_` as Go's {@link dialHTTP} asks for it, WebSocket,
 * JSON-RPC 2.0 by POST, and a page about the services on `/debug/rpc`. {@link Server.handleHTTP} puts the same on an HTTP
 * server of yours, {@link Server.httpHandler} is a handler for POST.
 *
 * ## Concurrency
 * A client may have any number of calls under way; a server serves the requests of one connection side by side and
 * answers in the order in which they are done. Calls and replies of one tick leave in one write. Leave arguments and
 * replies unchanged until the call is settled. A {@link Peer} serves and calls on one connection; a method calls its caller
 * back by {@link CallContext.caller}. Nothing is sent a second time, and nothing is waited for after the connection ends.
 *
 * ## Limits
 * A message holds 32 MiB (`maxMessageBytes`), 100 levels (`maxDepth`) and 1,048,576 items (`maxItems`) at most, its header
 * 1 MiB; an error's message is cut off after 65,536 characters. A server runs 1024 calls of a connection at once
 * (`maxConcurrentCalls`), lets 1024 more wait (`maxQueuedCalls`), and 65,536 of each over all (`maxTotalCalls`,
 * `maxTotalQueuedCalls`); then it reads no more, or refuses (`whenBusy`). What a client speaks must be known 10 s after its
 * first byte (`sniffTimeoutMs`). A client has 65,536 calls pending (`maxPendingCalls`), and takes 64 replies of a stream in
 * advance (`window`). Who writes faster than the peer reads waits once 1 MiB is behind; a peer that reads nothing is cut off
 * at 64 MiB. Dialling takes 30 s at most (`timeoutMs`). A connection may be idle for ever, unless `idleTimeoutMs` is set.
 *
 * ## Errors
 * {@link ServerError} is what the other end said, with a `code`; every other error is local. {@link ShutdownError} is a call
 * on a closed client, {@link EncodeError} a value that cannot be sent, {@link DecodeError} a reply that cannot be read,
 * {@link ProtocolError} bytes that are no message, {@link CanceledError} why a call's signal aborted on the server.
 *
 * ## Observing
 * `node:diagnostics_channel` has tracing channels `toolkit:rpc:client` and `toolkit:rpc:server`. Where an OpenTelemetry SDK
 * is registered and `@opentelemetry/api` is installed, each call is a span, and its context travels in the metadata.
 *
 * ## Differences from Go
 * Without a contract there are no types to check arguments against: what a Go client sends in place of what a method
 * expects reaches the method. A method that fails with an empty message is heard as `unspecified error`; one that throws
 * harms its call alone. A reply that cannot be encoded, or decoded, fails its call, not the connection. `close` may be
 * called twice. A key `__proto__` arrives as `__proto_`.
 *
 * @module toolkit/rpc
 */

export type {
  AnySchema,
  AnySchemaFailure,
  AnySchemaIssue,
  AnySchemaProps,
  AnySchemaResult,
  AnySchemaSuccess,
} from "../gob/any-schema.js";
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
export type { HTTPServer, RequestHandler, ServeConn } from "./http/connect-server.js";
export type { DebugLatency, DebugMethod, DebugService, DebugSkipped, DebugSnapshot } from "./http/debug-snapshot.js";
export type { HTTPPortOptions } from "./http/port.js";
export type { PostHandler, PostResponse } from "./http/post.js";
export type { PostRequest } from "./http/post-body.js";
export { type Fetch, type FetchResponse, PostClientCodec, type PostClientOptions } from "./http/post-client.js";
export type { Implementation, ReplyOf, Serves } from "./implementation.js";
export type { InterceptedCall, Interceptor, Next } from "./interceptor.js";
export { Positional, positional } from "./jsonrpc2/params.js";
export type { Latency } from "./method-stats.js";
export type { SkippedMethod } from "./methods.js";
export { NotSupportedError } from "./not-supported-error.js";
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
  ManyReplies,
  OneReply,
  Registrable,
  RemoteMethod,
  RemoteService,
  ServiceArguments,
  ServiceOptions,
  StreamName,
  Suits,
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
