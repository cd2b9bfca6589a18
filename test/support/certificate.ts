import { generate } from "selfsigned";

/** A key and its certificate, in PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** Makes a certificate that signs itself, for `localhost`, `127.0.0.1` and `::1` unless told otherwise. */
export async function selfSigned(names: readonly string[] = ["localhost"]): Promise<Certificate> {
  const dns = names.map((value) => ({ type: 2 as const, value }));
  const altNames = [...dns, { type: 7 as const, ip: "127.0.0.1" }, { type: 7 as const, ip: "::1" }];
  const pems = await generate([{ name: "commonName", value: names[0] ?? "localhost" }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames },
    ],
  });
  return { key: pems.private, cert: pems.cert };
}
