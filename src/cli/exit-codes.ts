/** How the command ends: what `$?` is in a shell. */
export const exitCodes = {
  ok: 0,
  /** The other end understood, and refused. */
  refused: 1,
  usage: 2,
  /** No connection, no port to listen on, no file to open. */
  unreachable: 3,
  timeout: 4,
  /** The connection broke, or what came makes no sense. */
  broken: 5,
  /** A mistake of this program. */
  bug: 70,
  interrupted: 130,
} as const;

/** The part of the help that tells about them. */
export const exitCodesText = `Exit codes:
  0    all went well
  1    the other end said no: an error of the method, a refused handshake, a close code that is none of 1000, 1001 and 1005
  2    the command line makes no sense, or asks for what the codec cannot do
  3    cannot connect, listen or open a file
  4    time ran out
  5    the connection broke, or what came cannot be understood
  70   a mistake of this program
  130  Ctrl-C (143 for SIGTERM)
`;
