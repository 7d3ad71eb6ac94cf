/**
 * Hands a run's session to terraform and its providers, and renews it as long as they ask: the protocol of container
 * credentials (https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html) on the worker's loopback,
 * one address and token for each run. So no key is in a file, an argument or an environment.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toAppError } from '../errors/app-error.js';
import { sha256 } from '../lib/hash.js';
import type { Log } from '../log/log.js';
import type { RunSession } from './run-session.js';

export interface CredentialGrant {
  readonly token: string;
  /** AWS_CONTAINER_*: what every SDK of AWS reads. */
  readonly env: Readonly<Record<string, string>>;
  revoke(): void;
}

export interface CredentialEndpoint {
  /** An address for `session`, until revoked. */
  grant(session: RunSession): CredentialGrant;
  close(): Promise<void>;
}

interface Granted {
  readonly session: RunSession;
  readonly token: Buffer;
}

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, string>>;
}

export async function startCredentialEndpoint({ log }: { log: Log }): Promise<CredentialEndpoint> {
  const grants = new Map<string, Granted>();
  const server = createServer((req, res) => {
    void answer(grants, req, log).then(({ status, body }) =>
      res
        .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
        .end(JSON.stringify(body)),
    );
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    grant: (session) => {
      const token = randomBytes(32).toString('base64url');
      const path = `/${randomBytes(12).toString('hex')}`;
      grants.set(path, { session, token: digest(token) });
      return {
        token,
        env: {
          AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}${path}`,
          AWS_CONTAINER_AUTHORIZATION_TOKEN: token,
        },
        revoke: () => void grants.delete(path),
      };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(grants: ReadonlyMap<string, Granted>, req: IncomingMessage, log: Log): Promise<Answer> {
  const granted = grants.get(req.url ?? '');
  const given = digest(req.headers.authorization ?? '');
  if (req.method !== 'GET' || granted === undefined || !timingSafeEqual(given, granted.token))
    return {
      status: 401,
      body: { code: 'Unauthorized', message: 'this token is for no run that is under way' },
    };
  try {
    const keys = await granted.session.keys();
    return {
      status: 200,
      body: {
        AccessKeyId: keys.accessKeyId,
        SecretAccessKey: keys.secretAccessKey,
        Token: keys.sessionToken,
        Expiration: keys.expiration.toISOString(),
      },
    };
  } catch (thrown) {
    const error = toAppError(thrown);
    log.error({ code: error.code }, `a session could not be renewed: ${error.message}`);
    return { status: 503, body: { code: error.code, message: error.message } };
  }
}

function digest(text: string): Buffer {
  return Buffer.from(sha256(text), 'hex');
}
