import { readFile } from "node:fs/promises";
import { joinHostPort, splitHostPort } from "toolkit/net";
import { makeCertificate } from "../shared/certificate.js";
import type { Running } from "../shared/run-server.js";
import { edit, startNginx } from "./nginx.js";
import { type App, type AppOptions, serveApp } from "./server.js";

/** Two servers, and nginx in front of them. */
export interface Proxied extends Running {
  /** Where nginx speaks TLS. */
  readonly secureURL: string;
  /** Vouches for it. */
  readonly ca: string;
  readonly apps: readonly App[];
}

/** What may be unusual. */
export interface ProxiedOptions extends Omit<AppOptions, "name"> {
  /** Parts of nginx.conf that are replaced. */
  readonly changes?: Readonly<Record<string, string>> | undefined;
}

/** Starts two servers, and nginx with `nginx.conf` in front of them, at this address. */
export async function serveProxied(
  address: string,
  { changes = {}, ...options }: ProxiedOptions = {},
): Promise<Proxied> {
  const template = edit(await readFile(new URL("nginx.conf", import.meta.url), "utf8"), changes);
  const { cert, key } = await makeCertificate();
  const apps = await Promise.all(["A", "B"].map((name) => serveApp("127.0.0.1:0", { name, ...options })));
  const stopApps = async () => {
    await Promise.all(apps.map((app) => app[Symbol.asyncDispose]()));
  };
  const { host, port: wanted } = splitHostPort(address);
  const configure = (port = 0, securePort = 0) =>
    edit(template, {
      "127.0.0.1:8080": joinHostPort(host, port),
      "127.0.0.1:8443": joinHostPort(host, securePort),
      "127.0.0.1:9001": hostOf(apps[0]?.url),
      "127.0.0.1:9002": hostOf(apps[1]?.url),
    });
  try {
    const nginx = await startNginx(configure, {
      ports: [Number(wanted), 0],
      files: { "cert.pem": cert, "key.pem": key },
    });
    const [port = 0, securePort = 0] = nginx.ports;
    return {
      url: `http://${joinHostPort(host, port)}`,
      secureURL: `https://${joinHostPort(host, securePort)}`,
      ca: cert,
      apps,
      async [Symbol.asyncDispose]() {
        await nginx[Symbol.asyncDispose]();
        await stopApps();
      },
    };
  } catch (err) {
    await stopApps();
    throw err;
  }
}

function hostOf(url = ""): string {
  return new URL(url).host;
}
