import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { lookInCluster } from '../../src/receipt/cluster-search.js';
import { heldText, leftoversText } from '../../src/receipt/receipt.js';
import { searchPlace } from '../../src/receipt/search.js';
import { startFakeKubernetes, type FakeKubernetes, type FakeObject } from '../support/fake-kubernetes.js';

let kubernetes: FakeKubernetes;
beforeEach(async () => {
  kubernetes = await startFakeKubernetes();
});
afterEach(() => kubernetes.close());

const labels = { 'terrace.dev/environment-id': 'env_1' };
const put = (kind: string, name: string, over: Partial<FakeObject['metadata']> & { rest?: object } = {}) => {
  const { rest, ...metadata } = { namespace: 'shop', labels, ...over };
  kubernetes.objects.push({ kind, metadata: { name, ...metadata }, ...rest });
};
const shop = (over: Parameters<typeof put>[2] = {}) => {
  const { rest, ...metadata } = { labels, ...over };
  kubernetes.objects.push({ kind: 'Namespace', metadata: { name: 'shop', ...metadata }, ...rest });
};
const look = (namespaces = ['shop']) =>
  lookInCluster({
    kubeconfig: kubernetes.kubeconfig,
    environmentId: 'env_1',
    namespaces,
    signal: new AbortController().signal,
  });

describe('a cluster', () => {
  test('is searched by label over the kinds that stacks make, page by page', async () => {
    shop();
    for (const name of ['a', 'b', 'c', 'd', 'e']) put('Deployment', name);
    put('Service', 'web');
    put('HTTPRoute', 'web');
    put('Service', 'other', { labels: { 'terrace.dev/environment-id': 'env_2' } });
    const { found } = await look();
    expect(found.map(({ type, id }) => `${type} ${id}`)).toEqual([
      'Namespace shop',
      'Service shop/web',
      ...['a', 'b', 'c', 'd', 'e'].map((name) => `Deployment shop/${name}`),
      'HTTPRoute shop/web',
    ]);
  });

  test('tells volumes of its namespaces, and Helm releases once', async () => {
    shop();
    for (const revision of ['v1', 'v2'])
      put('Secret', `sh.helm.release.v1.web.${revision}`, { labels: { owner: 'helm', name: 'web' } });
    const claim = (namespace: string) => ({ spec: { claimRef: { namespace } } });
    const volume = (name: string, namespace: string) =>
      kubernetes.objects.push({ kind: 'PersistentVolume', metadata: { name }, ...claim(namespace) });
    volume('pv-1', 'shop');
    volume('pv-2', 'old');
    volume('pv-3', 'another');
    const { found } = await look(['shop', 'old']);
    expect(found).toEqual([
      { type: 'Namespace', id: 'shop' },
      { type: 'PersistentVolume', id: 'pv-1' },
      { type: 'PersistentVolume', id: 'pv-2' },
      { type: 'helm release', id: 'shop/web' },
    ]);
  });

  test("leaves a namespace alone that is another's", async () => {
    shop({ labels: {} });
    put('Secret', 'release', { labels: { owner: 'helm', name: 'web' } });
    kubernetes.objects.push({
      kind: 'PersistentVolume',
      metadata: { name: 'pv-1' },
      spec: { claimRef: { namespace: 'shop' } },
    });
    expect((await look()).found).toEqual([]);
  });

  test('that has nothing of it is empty, also where a kind is not known', async () => {
    kubernetes.answers.set('/apis/monitoring.coreos.com/v1/servicemonitors', { status: 404, body: {} });
    expect(await look()).toEqual({ found: [], retained: [] });
  });

  test('names the kinds that it refuses to list, and is not told as empty', async () => {
    for (const path of ['/api/v1/secrets', '/api/v1/namespaces'])
      kubernetes.answers.set(path, { status: 403, body: {} });
    const patience = { waitMs: 0, againMs: 1, signal: new AbortController().signal };
    const { place } = await searchPlace('cluster main', () => look(), patience);
    const reason = 'could not list Namespace, Secret: allow the plan role to list them';
    expect(place).toEqual({ place: 'cluster main', found: null, reason });
    put('Service', 'web');
    const found = [{ type: 'Service', id: 'shop/web' }];
    const second = await searchPlace('cluster main', () => look(), patience);
    expect(second.place).toEqual({ place: 'cluster main', found, reason });
  });

  test.each([
    [401, 'it refuses our credentials: give the plan role access to it'],
    [500, 'it answers 500: see that it runs and that workers reach it'],
  ])('that answers %i is told by what to do', async (status, message) => {
    kubernetes.answers.set('/api/v1/namespaces', { status, body: {} });
    await expect(look()).rejects.toMatchObject({ code: 'cluster_not_usable', message });
  });
});

describe('what hangs in deletion', () => {
  const deletionTimestamp = '2026-01-01T00:00:00Z';

  test('is told with its finalizers, a namespace with its own words', async () => {
    const condition = (type: string, status: string, message: string) => ({ type, status, message });
    shop({
      deletionTimestamp,
      rest: {
        spec: { finalizers: ['kubernetes'] },
        status: {
          conditions: [
            condition('NamespaceDeletionContentFailure', 'False', 'All content successfully deleted'),
            condition(
              'NamespaceFinalizersRemaining',
              'True',
              'Some content in the namespace has finalizers remaining: example.com/cleanup in 1 resource instances, ',
            ),
          ],
        },
      },
    });
    put('PersistentVolumeClaim', 'data', { deletionTimestamp, finalizers: ['kubernetes.io/pvc-protection'] });
    put('Service', 'web', { deletionTimestamp });
    const { found } = await look();
    const remedy =
      'what is held in deletion goes when the controller of its finalizer has done its part: see that it runs, or take the finalizer off by hand, then retry';
    const held =
      'Namespace shop (in deletion, held by kubernetes, Some content in the namespace has finalizers remaining: example.com/cleanup in 1 resource instances), ' +
      'PersistentVolumeClaim shop/data (in deletion, held by kubernetes.io/pvc-protection)';
    expect(heldText(found)).toBe(`${held}; ${remedy}`);
    expect(leftoversText(found)).toBe(
      `the state is empty, but 3 marked as the environment's are there: ${held}, Service shop/web; remove them in the account; ${remedy}`,
    );
  });

  test('is nothing where nothing is held', async () => {
    shop();
    put('Service', 'web', { finalizers: ['service.kubernetes.io/load-balancer-cleanup'] });
    expect(heldText((await look()).found)).toBeUndefined();
  });
});
