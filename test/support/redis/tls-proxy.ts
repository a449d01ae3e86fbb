import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createServer } from "node:tls";

/** A way to a server by TLS. */
export interface TlsProxy {
  readonly url: string;
  /** Of the authority that signed the proxy's certificate: itself. */
  readonly authority: string;
  /** What came through so far, decrypted. */
  readonly received: () => string;
  close(): Promise<void>;
}

/** Starts a proxy on the loopback address that speaks TLS with its clients and plainly with a server. */
export async function startTlsProxy(serverUrl: string): Promise<TlsProxy> {
  const target = new URL(serverUrl);
  const sockets = new Set<Socket>();
  let received = "";
  const server = createServer({ key: KEY, cert: CERTIFICATE }, (client) => {
    const upstream = connect(Number(target.port || 6379), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => sockets.delete(socket));
    }
    client.on("data", (bytes) => {
      received += bytes.toString();
    });
    client.pipe(upstream).pipe(client);
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
  });
  // A client that does not trust the certificate says so, and goes.
  server.on("tlsClientError", () => undefined);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a proxy on TCP has a port");
  return {
    url: `rediss://127.0.0.1:${address.port}`,
    authority: CERTIFICATE,
    received: () => received,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** Made for these tests, and good for nothing else: of 127.0.0.1, until the year 2120. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgS3JViX3Mc1I41KfC
Uykdwb4i0mdEW3taWqsXdw7TkLahRANCAARkS6YMViS2Grds+uHJBka62istJyDC
PS6ZQMv+vzpxP4EgPM/xFJz9rS8L5nnIOz7f9QBuZLpMF74OTPqD2/l8
-----END PRIVATE KEY-----`;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBXTCCAQKgAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAkxMjcuMC4w
LjEwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
CTEyNy4wLjAuMTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABGRLpgxWJLYat2z6
4ckGRrraKy0nIMI9LplAy/6/OnE/gSA8z/EUnP2tLwvmecg7Pt/1AG5kukwXvg5M
+oPb+XyjQzBBMA8GA1UdEQQIMAaHBH8AAAEwDwYDVR0TAQH/BAUwAwEB/zAdBgNV
HQ4EFgQUHLtRO7pKGwgOUeEi8212yvoKWEUwCgYIKoZIzj0EAwIDSQAwRgIhAPZg
7+68+MDjJ/2mmiGdIXP1+oRo4KGDEsW2dbvsUJ9GAiEA4CMWHFMVDUX88so9I6cu
EEsS9mkKqjC+LKCTcVSFLnM=
-----END CERTIFICATE-----`;
