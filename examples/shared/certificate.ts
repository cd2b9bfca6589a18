import { generate } from "selfsigned";
import { parseIP } from "toolkit/net";

/** Holds a certificate and its key, in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Makes a certificate for hosts of this machine, which vouches for itself: whoever is to trust it is handed it as its `ca`. */
export async function makeCertificate(hosts: readonly string[] = ["localhost", "127.0.0.1"]): Promise<Certificate> {
  const altNames = hosts.map((host) =>
    parseIP(host) === null ? { type: 2 as const, value: host } : { type: 7 as const, ip: host },
  );
  const { cert, private: key } = await generate([{ name: "commonName", value: hosts[0] ?? "" }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: false },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames },
    ],
  });
  return { cert, key };
}
