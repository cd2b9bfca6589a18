/**
 * RPC in a browser: the same client, peer, codecs, contracts and errors as in Node, over WebSocket.
 *
 * @example
 * ```typescript
 * import { dial } from "toolkit/rpc";
 *
 * const client = await dial("wss", "example.com/rpc");
 * console.log(await client.call("Arith.Multiply", { A: 7, B: 8 })); // 56
 * ```
 *
 * ## What differs from Node
 * `dial` knows `"ws"` and `"wss"` alone. There is no {@link Server}: what a browser serves to its server, a {@link Peer}
 * does, on the connection that it made. What belongs to a server is a {@link NotSupportedError} of code `ERR_NOT_SUPPORTED`.
 * There are no diagnostics channels, and spans of OpenTelemetry only by the interceptor {@link openTelemetry}.
 *
 * @example
 * ```typescript
 * import { newPeer, type Reply } from "toolkit/rpc";
 * import * as ws from "toolkit/ws";
 *
 * class Screen {
 *   Show(text: string, reply: Reply<null>): void {
 *     document.body.append(text);
 *   }
 * }
 *
 * const peer = newPeer(await ws.dial("wss://example.com/rpc"));
 * peer.register(new Screen()); // for the server to call
 * await peer.call("Chat.Join", "Ada");
 * ```
 *
 * @module toolkit/rpc (in a browser)
 */

export type {
  AnySchema,
  AnySchemaFailure,
  AnySchemaIssue,
  AnySchemaProps,
  AnySchemaResult,
  AnySchemaSuccess,
} from "../../gob/any-schema.js";
export { Call, type Done } from "../call.js";
export type { CallOptions, StreamOptions } from "../call-options.js";
export type { Caller, ClientState } from "../caller.js";
export { Client, type ClientOptions, type NewClientOptions, newClient, newClientWithCodec } from "../client.js";
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
} from "../codec.js";
export type { CodecOptions, DuplexCodecName } from "../codecs.js";
export {
  type Contract,
  type InputOf,
  type MethodContract,
  type MethodContracts,
  method,
  type OutputOf,
  service,
  stream,
} from "../contract.js";
export {
  CanceledError,
  DecodeError,
  EncodeError,
  ProtocolError,
  ServerError,
  type ServerErrorOptions,
  ShutdownError,
} from "../errors.js";
export { type Fetch, type FetchResponse, PostClientCodec, type PostClientOptions } from "../http/post-client.js";
export type { Implementation, ReplyOf, Serves } from "../implementation.js";
export type { InterceptedCall, Interceptor, Next } from "../interceptor.js";
export { Positional, positional } from "../jsonrpc2/params.js";
export type { Latency } from "../method-stats.js";
export type { SkippedMethod } from "../methods.js";
export { NotSupportedError } from "../not-supported-error.js";
export type { DiagnosticsMessage } from "../observe/diagnostics.js";
export {
  type OpenTelemetryAPI,
  type OpenTelemetrySpan,
  type OpenTelemetryTracer,
  openTelemetry,
} from "../observe/open-telemetry.js";
export type { SpanAttributes } from "../observe/span-attributes.js";
export { type NewPeerOptions, newPeer, Peer, type PeerOptions } from "../peer.js";
export type { MethodInfo, ServiceInfo } from "../registry.js";
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
} from "../remote-service.js";
export {
  type CallContext,
  type MethodResult,
  Reply,
  type ReplyStream,
  type ServiceMethod,
  type StreamMethod,
} from "../reply.js";
export type { ServingOptions } from "../serving.js";
export { type ConnOptions, type DialNetwork, type DialOptions, type DialPeerOptions, dial, dialPeer } from "./dial.js";
export {
  accept,
  defaultServer,
  dialHTTP,
  dialHTTPPath,
  handleHTTP,
  register,
  registerName,
  Server,
  serveCodec,
  serveConn,
  serveRequest,
} from "./not-here.js";
