/** As much of a Kubernetes API as Terrace reads: lists by label, namespaces and secrets, as they are put, on loopback. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { labelledKinds, namespaceKind, volumeKind } from '../../src/receipt/listed-kinds.js';

export interface FakeKubernetes {
  /** With a token that the API wants. */
  readonly kubeconfig: string;
  /** Answers of paths such as `/api/v1/namespaces/shop/resourcequotas`, whatever is asked there. */
  readonly answers: Map<string, { readonly status?: number; readonly body: object }>;
  /** What is in its lists, two a page; a kind that Terrace does not list is not known. */
  readonly objects: FakeObject[];
  close(): Promise<void>;
}

export interface FakeObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
    readonly finalizers?: readonly string[];
  };
  readonly [member: string]: unknown;
}

const token = 'fake-kubernetes-token';
const lists = [
  ...labelledKinds,
  namespaceKind,
  volumeKind,
  { kind: 'DaemonSet', path: '/apis/apps/v1/daemonsets' },
];
const pageSize = 2;

export async function startFakeKubernetes(): Promise<FakeKubernetes> {
  const answers: FakeKubernetes['answers'] = new Map();
  const objects: FakeObject[] = [];
  const server = createServer((req, res) => {
    const url = new URL(req.url ?? '/', 'http://loopback');
    const answer = answers.get(url.pathname) ?? answerOf(objects, url, req.headers.accept ?? '');
    const status = req.headers.authorization === `Bearer ${token}` ? (answer.status ?? 200) : 401;
    res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    kubeconfig: kubeconfigOf(`http://127.0.0.1:${port}`, token),
    answers,
    objects,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function answerOf(objects: readonly FakeObject[], { pathname, searchParams }: URL, accept: string) {
  const [, before, namespace, after] = /^(.*)\/namespaces\/([^/]+)\/([^/]+)$/.exec(pathname) ?? [];
  const path = namespace === undefined ? pathname : `${before}/${after}`;
  const list = lists.find((one) => one.path === path);
  if (list === undefined) {
    const name = pathname.replace(`${namespaceKind.path}/`, '');
    const found = objects.find(({ kind, metadata }) => kind === 'Namespace' && metadata.name === name);
    return found === undefined ? { status: 404, body: {} } : { body: found };
  }
  const [label, value] = (searchParams.get('labelSelector') ?? '').split('=');
  const fitting = objects.filter(
    ({ kind, metadata }) =>
      kind === list.kind &&
      (namespace === undefined || metadata.namespace === namespace) &&
      (label === undefined || label === '' || metadata.labels?.[label] === value),
  );
  const from = Number(searchParams.get('continue') ?? 0);
  const more = fitting.length > from + pageSize ? { continue: String(from + pageSize) } : {};
  const whole = !accept.includes('as=PartialObjectMetadataList');
  const items = fitting
    .slice(from, from + pageSize)
    .map(({ kind: _kind, metadata, ...rest }) => (whole ? { metadata, ...rest } : { metadata }));
  return { body: { metadata: more, items } };
}

export function kubeconfigOf(server: string, bearer: string): string {
  const name = 'fake';
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    // Without TLS on loopback: the client asks for this word before it goes there.
    clusters: [{ name, cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name, user: { token: bearer } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  });
}
