import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readCluster } from '../../src/health/cluster-client.js';
import { Redactor } from '../../src/log/redactor.js';
import { openProbe } from '../../worker/health-probe.js';
import { kubeconfigOf, startFakeKubernetes, type FakeKubernetes } from '../support/fake-kubernetes.js';

/** Self-signed for shop.example.com, until 2036; its key is kept by nobody. */
const certificate = `-----BEGIN CERTIFICATE-----
MIIBizCCATGgAwIBAgIUV2kkHTdZtMJ9oWXsCRlmDhXuw1owCgYIKoZIzj0EAwIw
GzEZMBcGA1UEAwwQc2hvcC5leGFtcGxlLmNvbTAeFw0yNjExMjExOTU0MThaFw0z
NjExMTgxOTU0MThaMBsxGTAXBgNVBAMMEHNob3AuZXhhbXBsZS5jb20wWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAASu9Cj/3RiHLwMZsBEd4rd5O6C0FO9mdfeSrdm9
zkuaPCppcmLfSo/lXjEPoVy87e1ra9Wbu8eWXeumQBqDx18mo1MwUTAdBgNVHQ4E
FgQUavmt+8fKvscUB71DU0qHJMQjbZ0wHwYDVR0jBBgwFoAUavmt+8fKvscUB71D
U0qHJMQjbZ0wDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEA0F7y
fpdPI6nb7cSmLg9ugklZG5OUHsGkzQwkWm44MtwCIHoK0n5Gby5SbvC4FAqCkkkD
IjTpnqjLfWCj+4swErSu
-----END CERTIFICATE-----
`;

let kubernetes: FakeKubernetes;
beforeEach(async () => {
  kubernetes = await startFakeKubernetes();
});
afterEach(() => kubernetes.close());

const metadata = (name: string) => ({ metadata: { name, namespace: 'shop' } });
const list = (group: string, kind: string, ...items: object[]) =>
  kubernetes.answers.set(`${group}/namespaces/shop/${kind}`, { body: { items } });
const put = () => {
  const workload = { ...metadata('web'), spec: { replicas: 3 }, status: { readyReplicas: 2 } };
  list('/apis/apps/v1', 'deployments', workload);
  list('/apis/apps/v1', 'statefulsets', { ...metadata('database'), spec: { replicas: 1 }, status: {} });
  const scheduled = { desiredNumberScheduled: 2, numberReady: 2 };
  list('/apis/apps/v1', 'daemonsets', { ...metadata('agent'), status: scheduled });
  list('/apis/networking.k8s.io/v1', 'ingresses', {
    ...metadata('web'),
    spec: { tls: [{ secretName: 'tls' }, { secretName: 'none' }] },
    status: { loadBalancer: { ingress: [{ hostname: 'lb.example.com' }] } },
  });
  list('/api/v1', 'resourcequotas', {
    ...metadata('quota'),
    status: { hard: { pods: '10' }, used: { pods: '9' } },
  });
  const data = { 'tls.crt': Buffer.from(certificate).toString('base64'), 'tls.key': 'bm90IHJlYWQ=' };
  kubernetes.answers.set('/api/v1/namespaces/shop/secrets/tls', { body: { ...metadata('tls'), data } });
};
const read = (kubeconfig = kubernetes.kubeconfig) =>
  readCluster({ kubeconfig, namespaces: ['shop'], signal: AbortSignal.timeout(5000) });

describe('a cluster is read', () => {
  test('workloads, ingresses, certificates and quotas', async () => {
    put();
    expect(await read()).toEqual({
      workloads: [
        { name: 'deployment shop/web', plainName: 'web', wanted: 3, ready: 2 },
        { name: 'stateful set shop/database', plainName: 'database', wanted: 1, ready: 0 },
        { name: 'daemon set shop/agent', plainName: 'agent', wanted: 2, ready: 2 },
      ],
      ingresses: [{ name: 'shop/web', addresses: ['lb.example.com'] }],
      certificates: [
        { name: 'shop/tls', notAfter: expect.any(Date) },
        { name: 'shop/none', notAfter: null },
      ],
      quotas: [{ name: 'shop/quota', hard: { pods: '10' }, used: { pods: '9' } }],
      refused: [],
    });
  });

  test('what may not be read is named, and the rest is read', async () => {
    put();
    kubernetes.answers.set('/api/v1/namespaces/shop/secrets/tls', { status: 403, body: {} });
    kubernetes.answers.set('/api/v1/namespaces/shop/resourcequotas', { status: 403, body: {} });
    const { refused, workloads } = await read();
    expect(workloads).toHaveLength(3);
    expect(refused).toEqual([
      'quotas of shop may not be read: allow the plan role to get and list them',
      'the certificate in shop/tls may not be read: allow the plan role to get and list them',
    ]);
  });

  test.each([
    [
      'a token that is refused',
      () => kubernetes.kubeconfig.replace('fake-kube', 'old-kube'),
      /^it refuses our credentials/,
    ],
    [
      'nothing that answers',
      () => kubeconfigOf('http://127.0.0.1:9', 'token'),
      /^it does not answer \(ECONNREFUSED\)/,
    ],
    ['a file that is no kubeconfig', () => 'clusters: [', /^its kubeconfig cannot be read/],
    ['a kubeconfig without a context', () => '{}', /^its kubeconfig/],
  ])('%s is told', async (_, kubeconfig, text) => {
    await expect(read(kubeconfig())).rejects.toMatchObject({
      code: 'cluster_not_usable',
      message: expect.stringMatching(text),
    });
  });

  test('a cluster at fault is told', async () => {
    kubernetes.answers.set('/apis/apps/v1/namespaces/shop/deployments', { status: 500, body: {} });
    await expect(read()).rejects.toMatchObject({
      message: 'it answers 500: see that it runs and that workers reach it',
    });
  });
});

test('an environment on a cluster of the account is looked at there, its token known to the redactor', async () => {
  put();
  const folder = await mkdtemp(join(tmpdir(), 'terrace-kube-'));
  try {
    await mkdir(join(folder, 'ten_1'));
    await writeFile(join(folder, 'ten_1', 'main'), kubernetes.kubeconfig);
    const redactor = new Redactor();
    const resource = {
      address: 'kubernetes_namespace_v1.namespace',
      type: 'kubernetes_namespace_v1',
      values: { metadata: [{ name: 'shop' }] },
    };
    const look = (secretRef: string) =>
      openProbe(
        { config: { KUBECONFIG_FOLDER: folder, OUTBOUND_ALLOWED_RANGES: [] } } as never,
        { run: {} as never, redactor, say: () => undefined },
        {
          environment: { region: 'eu-central-1' } as never,
          account: {
            provider: 'aws',
            accountId: 'acc_1',
            tenantId: 'ten_1',
            cluster: { kind: 'kubeconfig', secretRef },
          } as never,
          state: { serial: 1, lineage: 'l', outputs: {}, resources: [resource] },
        },
      ).look(AbortSignal.timeout(5000));
    const found = await look('main');
    expect(found.map(({ component, status }) => `${component} ${status}`)).toEqual([
      'namespace healthy',
      'cluster healthy',
      'workloads degraded',
      'database unhealthy',
      'workloads healthy',
      'ingress healthy',
      'certificate healthy',
      'certificate degraded',
      'quota degraded',
    ]);
    expect(redactor.mask('fake-kubernetes-token')).toBe('***');
    expect((await look('other')).at(-1)).toEqual({
      component: 'cluster',
      status: 'unhealthy',
      message:
        "the cluster cannot be looked at: the kubeconfig other of account acc_1 is not in this worker's folder",
      mayPass: true,
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
