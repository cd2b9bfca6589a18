// Message types, which are the opcodes of RFC 6455 section 11.8.

/** Marks a message of text, which is UTF-8. */
export const TextMessage = 1;
/** Marks a message of bytes. */
export const BinaryMessage = 2;
/** Marks a close message; its payload is what {@link formatCloseMessage} makes, or empty. */
export const CloseMessage = 8;
/** Marks a ping; its payload, 125 bytes at most, comes back in the pong. */
export const PingMessage = 9;
/** Marks a pong. */
export const PongMessage = 10;

// Close codes of RFC 6455 section 11.7.

/** The purpose of the connection is fulfilled. */
export const CloseNormalClosure = 1000;
/** The server goes down, or the browser leaves the page. */
export const CloseGoingAway = 1001;
/** The peer broke the protocol. */
export const CloseProtocolError = 1002;
/** The peer sent a type of data that cannot be accepted. */
export const CloseUnsupportedData = 1003;
/** Stands for a close message without a code; never sent. */
export const CloseNoStatusReceived = 1005;
/** Stands for a connection that ended without a close message; never sent. */
export const CloseAbnormalClosure = 1006;
/** A message did not fit its type, as text that is no UTF-8. */
export const CloseInvalidFramePayloadData = 1007;
/** A message broke a policy. */
export const ClosePolicyViolation = 1008;
/** A message was too big. */
export const CloseMessageTooBig = 1009;
/** The server did not agree to an extension that the client needs. */
export const CloseMandatoryExtension = 1010;
/** The server met something unexpected. */
export const CloseInternalServerErr = 1011;
/** The server restarts. */
export const CloseServiceRestart = 1012;
/** The server is overloaded. */
export const CloseTryAgainLater = 1013;
/** Stands for a TLS handshake that failed; never sent. */
export const CloseTLSHandshake = 1015;
