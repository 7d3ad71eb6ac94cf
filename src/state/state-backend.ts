/**
 * Terraform's `http` state backend on the worker's loopback
 * (https://developer.hashicorp.com/terraform/language/backend/http): GET, POST, LOCK and UNLOCK on one address a run,
 * under credentials made for that run. What is written is kept as a version, sealed here or in the customer's bucket,
 * and refused when the run's lease has moved on.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { Keyring } from '../crypto/envelope.js';
import type { Db } from '../db/db.js';
import { toAppError } from '../errors/app-error.js';
import { sha256 } from '../lib/hash.js';
import type { Log } from '../log/log.js';
import { answerTo, managedVerbs, type Answer, type StateVerbs } from './state-protocol.js';
import type { Writer } from './state-store.js';

/** The address and credentials of one run, until revoked. */
export interface StateGrant {
  readonly password: string;
  /** TF_HTTP_*: what an empty `backend "http" {}` reads. */
  readonly env: Readonly<Record<string, string>>;
  /** Has `check` done each time terraform has got the lock; when it throws, the lock is given back and refused. */
  whenLocked(check: () => Promise<void>): void;
  revoke(): void;
}

export interface StateBackend {
  /** `verbs` answer where the states are kept elsewhere. @default sealed, in PostgreSQL */
  grant(writer: Writer, verbs?: StateVerbs): StateGrant;
  close(): Promise<void>;
}

export interface StateBackendProps {
  readonly db: Db;
  readonly keyring: Keyring;
  readonly log: Log;
}

const mostBytes = 256 * 1024 * 1024;

interface Granted {
  readonly writer: Writer;
  readonly verbs: StateVerbs;
  readonly credentials: Buffer;
  check?: () => Promise<void>;
}

export async function startStateBackend(props: StateBackendProps): Promise<StateBackend> {
  const grants = new Map<string, Granted>();
  const server = createServer((req, res) => {
    serve(props, grants, req)
      .then((answer) => send(res, answer))
      .catch((thrown: unknown) => {
        const error = toAppError(thrown);
        props.log.error({ code: error.code, detail: error.detail }, 'the state backend failed');
        send(res, { status: 500, body: error.message });
      });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    grant: (writer, verbs = managedVerbs(props, writer)) => {
      const username = writer.runId;
      const password = randomBytes(32).toString('base64url');
      const path = `/${writer.environmentId}/${randomBytes(8).toString('hex')}`;
      const granted: Granted = { writer, verbs, credentials: digest(`${username}:${password}`) };
      grants.set(path, granted);
      const address = `http://127.0.0.1:${port}${path}`;
      return {
        password,
        env: httpEnv({ address, username, password }),
        whenLocked: (check) => void (granted.check = check),
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

function httpEnv(at: { address: string; username: string; password: string }): Record<string, string> {
  return {
    TF_HTTP_ADDRESS: at.address,
    TF_HTTP_LOCK_ADDRESS: at.address,
    TF_HTTP_UNLOCK_ADDRESS: at.address,
    TF_HTTP_USERNAME: at.username,
    TF_HTTP_PASSWORD: at.password,
  };
}

async function serve(
  props: StateBackendProps,
  grants: ReadonlyMap<string, Granted>,
  req: IncomingMessage,
): Promise<Answer> {
  const url = new URL(req.url ?? '/', 'http://localhost');
  const granted = grants.get(url.pathname);
  const [scheme, given] = (req.headers.authorization ?? '').split(' ');
  const credentials = digest(Buffer.from(given ?? '', 'base64').toString('utf8'));
  if (granted === undefined || scheme !== 'Basic' || !timingSafeEqual(credentials, granted.credentials))
    return { status: 401, body: 'these credentials are for no run that is under way' };
  const body = await readBody(req);
  if (body === null) return { status: 413, body: `a state may have ${mostBytes} bytes at most` };
  const question = {
    method: req.method ?? 'GET',
    lockId: url.searchParams.get('ID') ?? undefined,
    md5: req.headers['content-md5'] as string | undefined,
    body,
  };
  const { verbs, writer, check } = granted;
  const asked = { log: props.log, runId: writer.runId };
  const answer = await answerTo(verbs, asked, question);
  if (question.method !== 'LOCK' || answer.status !== 200 || check === undefined) return answer;
  try {
    await check();
    return answer;
  } catch (error) {
    await answerTo(verbs, asked, { ...question, method: 'UNLOCK' });
    // Not 409 or 423: those tell terraform of another holder.
    return { status: 412, body: toAppError(error).message };
  }
}

function digest(text: string): Buffer {
  return Buffer.from(sha256(text), 'hex');
}

/** The whole body, or null when it is too large: it is read to its end all the same, or the sender would miss the answer. */
async function readBody(req: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= mostBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  return size > mostBytes ? null : Buffer.concat(chunks);
}

function send(res: ServerResponse, answer: Answer): void {
  res.writeHead(answer.status, { 'content-type': answer.json === true ? 'application/json' : 'text/plain' });
  res.end(answer.body ?? '');
}
