/** As much of a Kubernetes API as a health check reads: lists and secrets, as they are put, on loopback. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeKubernetes {
  /** With a token that the API wants. */
  readonly kubeconfig: string;
  /** Answers of paths such as `/api/v1/namespaces/shop/resourcequotas`; a list that was not put is empty, anything else not found. */
  readonly answers: Map<string, { readonly status?: number; readonly body: object }>;
  close(): Promise<void>;
}

export async function startFakeKubernetes(): Promise<FakeKubernetes> {
  const token = 'fake-kubernetes-token';
  const answers: FakeKubernetes['answers'] = new Map();
  const server = createServer((req, res) => {
    const path = (req.url ?? '').split('?')[0] ?? '';
    const isList = /\/(deployments|statefulsets|daemonsets|ingresses|resourcequotas)$/.test(path);
    const answer = answers.get(path) ?? (isList ? { body: { items: [] } } : { status: 404, body: {} });
    const status = req.headers.authorization === `Bearer ${token}` ? (answer.status ?? 200) : 401;
    res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    kubeconfig: kubeconfigOf(`http://127.0.0.1:${port}`, token),
    answers,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export function kubeconfigOf(server: string, token: string): string {
  const name = 'fake';
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    // Without TLS on loopback: the client asks for this word before it goes there.
    clusters: [{ name, cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  });
}
