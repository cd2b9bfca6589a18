import { generate } from "selfsigned";

/** A key and its certificate, in PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** An authority, and what it vouches for. */
export interface Authority extends Certificate {
  /** Issues a certificate for names and addresses; the first is also its common name. */
  issue(names: readonly string[], options?: IssueOptions): Promise<Certificate>;
}

/** What may be unusual about a certificate. */
interface IssueOptions {
  /** When it is valid. @default now */
  valid?: "now" | "no more" | "not yet";
  /** What it may be used for. @default both */
  purpose?: "server" | "client" | "both";
}

const dayMs = 86_400_000;
const beginsAfterDays = { now: -1, "no more": -20, "not yet": 10 };

/** Whoever imports this makes each certificate once. */
const made = new Map<string, Promise<Certificate>>();

/** Makes a certificate that signs itself, for `localhost` unless told otherwise, and for `127.0.0.1` and `::1`. */
export function selfSigned(names: readonly string[] = ["localhost"]): Promise<Certificate> {
  return once([...names, "127.0.0.1", "::1"], {}, undefined);
}

/** Makes an authority. */
export async function authority(name = "Test Authority"): Promise<Authority> {
  const own = await remember(`authority ${name}`, () => make(name, extensionsOfAuthority, "now", undefined));
  return { ...own, issue: (names, options = {}) => once(names, options, own) };
}

function once(names: readonly string[], options: IssueOptions, ca: Certificate | undefined): Promise<Certificate> {
  const { valid = "now", purpose = "both" } = options;
  return remember(JSON.stringify([names, valid, purpose, ca?.cert]), () =>
    make(names[0] ?? "", extensionsOf(names, purpose), valid, ca),
  );
}

function remember(id: string, work: () => Promise<Certificate>): Promise<Certificate> {
  const found = made.get(id) ?? work();
  made.set(id, found);
  return found;
}

type Extensions = NonNullable<NonNullable<Parameters<typeof generate>[1]>["extensions"]>;

async function make(
  name: string,
  extensions: Extensions,
  valid: keyof typeof beginsAfterDays,
  ca: Certificate | undefined,
): Promise<Certificate> {
  const from = Date.now() + beginsAfterDays[valid] * dayMs;
  const pems = await generate([{ name: "commonName", value: name }], {
    keyType: "ec",
    algorithm: "sha256",
    notBeforeDate: new Date(from),
    notAfterDate: new Date(from + 10 * dayMs),
    extensions,
    ...(ca !== undefined && { ca }),
  });
  return { key: pems.private, cert: pems.cert };
}

const extensionsOfAuthority: Extensions = [
  { name: "basicConstraints", cA: true, critical: true },
  { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
];

function extensionsOf(names: readonly string[], purpose: NonNullable<IssueOptions["purpose"]>): Extensions {
  return [
    { name: "basicConstraints", cA: false },
    { name: "keyUsage", digitalSignature: true, critical: true },
    { name: "extKeyUsage", serverAuth: purpose !== "client", clientAuth: purpose !== "server" },
    { name: "subjectAltName", altNames: names.map(altName) },
  ];
}

function altName(name: string): { type: 7; ip: string } | { type: 2; value: string } {
  return /^[0-9.]+$|:/.test(name) ? { type: 7, ip: name } : { type: 2, value: name };
}
