/** As much of a Kubernetes API as Terrace reads, on loopback. Its differences from a cluster are listed in docs/fake-cluster.md. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { labelledKinds, namespaceKind, volumeKind } from '../../src/receipt/listed-kinds.js';
import type { SelfSigned } from './self-signed.js';

export interface FakeKubernetes {
  /** With a token that the API wants. */
  readonly kubeconfig: string;
  readonly endpoint: string;
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
const unauthorized = { kind: 'Status', status: 'Failure', reason: 'Unauthorized', code: 401 };
const lists = [
  ...labelledKinds,
  namespaceKind,
  volumeKind,
  { kind: 'DaemonSet', path: '/apis/apps/v1/daemonsets' },
];
const pageSize = 2;

export interface FakeKubernetesProps {
  /** @default plain HTTP */
  readonly tls?: SelfSigned;
  /** Whether a bearer token is let in; any other caller gets 401. @default the token of `kubeconfig` alone */
  takes?(token: string): Promise<boolean>;
}

export async function startFakeKubernetes({
  tls,
  takes = (given) => Promise.resolve(given === token),
}: FakeKubernetesProps = {}): Promise<FakeKubernetes> {
  const answers: FakeKubernetes['answers'] = new Map();
  const objects: FakeObject[] = [];
  const serve: RequestListener = (req, res) => {
    const url = new URL(req.url ?? '/', 'http://loopback');
    const answer = answers.get(url.pathname) ?? answerOf(objects, url, req.headers.accept ?? '');
    const [, bearer] = /^Bearer (.+)$/.exec(req.headers.authorization ?? '') ?? [];
    void (bearer === undefined ? Promise.resolve(false) : takes(bearer)).then((known) => {
      const [status, body] = known ? [answer.status ?? 200, answer.body] : [401, unauthorized];
      res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  };
  const server =
    tls === undefined ? createServer(serve) : createTlsServer({ key: tls.key, cert: tls.certificate }, serve);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const endpoint = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  return {
    kubeconfig: kubeconfigOf(endpoint, token),
    endpoint,
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
