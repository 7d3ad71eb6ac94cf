/** Reads what health needs of a cluster, by the client of the Kubernetes project; loaded when first needed. */
import { X509Certificate } from 'node:crypto';
import type { AppsV1Api, CoreV1Api, NetworkingV1Api, V1Ingress } from '@kubernetes/client-node';
import { codeOf } from '../errors/error-code.js';
import { clusterFault, openCluster } from './cluster-connection.js';
import type { ClusterReading, QuotaReading, WorkloadReading } from './cluster-findings.js';

export interface ClusterAccess {
  /** YAML or JSON. */
  readonly kubeconfig: string;
  readonly namespaces: readonly string[];
  readonly signal: AbortSignal;
}

interface Apis {
  readonly apps: AppsV1Api;
  readonly core: CoreV1Api;
  readonly networking: NetworkingV1Api;
}

/** What is in the namespaces. What may not be read is told in `refused`; throws `cluster_not_usable` when nothing answers. */
export async function readCluster({
  kubeconfig,
  namespaces,
  signal,
}: ClusterAccess): Promise<ClusterReading> {
  const apis = await openApis(kubeconfig, signal);
  const refused: string[] = [];
  const read = async <T>(what: string, call: () => Promise<readonly T[]>): Promise<readonly T[]> => {
    try {
      return await call();
    } catch (error) {
      if (codeOf(error) !== 403) throw clusterFault(error);
      refused.push(`${what} may not be read: allow the plan role to get and list them`);
      return [];
    }
  };
  const all = async <T>(what: string, call: (namespace: string) => Promise<readonly T[]>) =>
    (await Promise.all(namespaces.map((one) => read(`${what} of ${one}`, () => call(one))))).flat();
  const [workloads, ingresses, quotas] = await Promise.all([
    all('workloads', (namespace) => readWorkloads(apis, namespace)),
    all('ingresses', async (namespace) => {
      const { items } = await apis.networking.listNamespacedIngress({ namespace });
      return items;
    }),
    all('quotas', (namespace) => readQuotas(apis, namespace)),
  ]);
  const secrets = [...new Set(ingresses.flatMap(tlsSecrets))];
  const certificates = await Promise.all(
    secrets.map((name) => read(`the certificate in ${name}`, () => readCertificate(apis, name))),
  );
  return {
    workloads,
    ingresses: ingresses.map((one) => ({ name: nameOf(one), addresses: addressesOf(one) })),
    certificates: certificates.flat(),
    quotas,
    refused,
  };
}

async function openApis(kubeconfig: string, signal: AbortSignal): Promise<Apis> {
  const { client, settings } = await openCluster(kubeconfig, signal);
  return {
    apps: new client.AppsV1Api(settings),
    core: new client.CoreV1Api(settings),
    networking: new client.NetworkingV1Api(settings),
  };
}

interface Named {
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
}

const nameOf = ({ metadata }: Named) => `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`;

async function readWorkloads({ apps }: Apis, namespace: string): Promise<WorkloadReading[]> {
  const [deployments, statefulSets, daemonSets] = await Promise.all([
    apps.listNamespacedDeployment({ namespace }),
    apps.listNamespacedStatefulSet({ namespace }),
    apps.listNamespacedDaemonSet({ namespace }),
  ]);
  const reading = (kind: string, one: Named, counts: { wanted: number; ready: number | undefined }) => ({
    name: `${kind} ${nameOf(one)}`,
    plainName: one.metadata?.name ?? '',
    wanted: counts.wanted,
    ready: counts.ready ?? 0,
  });
  const replicated = (kind: string) => (one: (typeof deployments.items)[number] | StatefulSet) =>
    reading(kind, one, { wanted: one.spec?.replicas ?? 1, ready: one.status?.readyReplicas });
  return [
    ...deployments.items.map(replicated('deployment')),
    ...statefulSets.items.map(replicated('stateful set')),
    ...daemonSets.items.map((one) =>
      reading('daemon set', one, {
        wanted: one.status?.desiredNumberScheduled ?? 0,
        ready: one.status?.numberReady,
      }),
    ),
  ];
}

type StatefulSet = Awaited<ReturnType<AppsV1Api['listNamespacedStatefulSet']>>['items'][number];

async function readQuotas({ core }: Apis, namespace: string): Promise<QuotaReading[]> {
  const { items } = await core.listNamespacedResourceQuota({ namespace });
  return items.map((one) => ({
    name: nameOf(one),
    hard: one.status?.hard ?? {},
    used: one.status?.used ?? {},
  }));
}

function addressesOf({ status }: V1Ingress): string[] {
  const found = status?.loadBalancer?.ingress ?? [];
  return found.flatMap(({ hostname, ip }) => hostname ?? ip ?? []);
}

function tlsSecrets({ metadata, spec }: V1Ingress): string[] {
  const names = (spec?.tls ?? []).flatMap(({ secretName }) => secretName ?? []);
  return names.map((name) => `${metadata?.namespace ?? ''}/${name}`);
}

/** Reads the certificate and forgets the key beside it at once. */
async function readCertificate({ core }: Apis, secret: string): Promise<ClusterReading['certificates']> {
  const [namespace = '', name = ''] = secret.split('/');
  try {
    const { data } = await core.readNamespacedSecret({ namespace, name });
    const pem = Buffer.from(data?.['tls.crt'] ?? '', 'base64');
    return [{ name: secret, notAfter: pem.length === 0 ? null : new Date(new X509Certificate(pem).validTo) }];
  } catch (error) {
    if (codeOf(error) === 404 || isBadCertificate(error)) return [{ name: secret, notAfter: null }];
    throw error;
  }
}

function isBadCertificate(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_OSSL');
}
