import { generate } from "selfsigned";
import { parseIP } from "toolkit/net";

/** Makes a key, and a certificate for a host that vouches for itself: who is to trust it is handed it. */
export async function makeCertificate(host: string): Promise<{ cert: string; key: string }> {
  const { cert, private: key } = await generate([{ name: "commonName", value: host }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: false },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames: [parseIP(host) === null ? { type: 2, value: host } : { type: 7, ip: host }] },
    ],
  });
  return { cert, key };
}
