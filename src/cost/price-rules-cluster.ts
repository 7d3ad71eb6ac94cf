/** What workloads in a cluster cost a month: what they request, by the prices of `cluster`, which are 0 unless set. Pure. */
import { cpuCores, gigabytes } from '../spec/quantity.js';
import { blocksOf, isRecord, numberOf, textOf, type Priced, type PriceOf } from './price-rule.js';
import type { Prices } from './price-table.js';

type Values = Priced['values'];

function isFree({ table: { cluster } }: Prices): boolean {
  return Object.values(cluster).every((price) => price === 0);
}

/** Cores and GB that the containers of a pod request. */
function podMonth(pod: Values, { table: { cluster } }: Prices): number {
  return blocksOf(pod, 'container')
    .flatMap((container) => blocksOf(container, 'resources'))
    .map(({ requests }) => (isRecord(requests) ? requests : {}))
    .reduce(
      (sum, requests) =>
        sum +
        cpuCores(textOf(requests, 'cpu')) * cluster.cpu_core_month +
        gigabytes(textOf(requests, 'memory')) * cluster.memory_gb_month,
      0,
    );
}

const claimMonth = (spec: Values, { table: { cluster } }: Prices): number =>
  blocksOf(spec, 'resources')
    .map(({ requests }) => (isRecord(requests) ? gigabytes(textOf(requests, 'storage')) : 0))
    .reduce((sum, gb) => sum + gb * cluster.storage_gb_month, 0);

const workload: PriceOf = ({ values }, prices) => {
  if (isFree(prices)) return { amount: 0 };
  const [spec = {}] = blocksOf(values, 'spec');
  const [template = {}] = blocksOf(spec, 'template');
  const [pod = {}] = blocksOf(template, 'spec');
  const claims = blocksOf(spec, 'volume_claim_template')
    .flatMap((claim) => blocksOf(claim, 'spec'))
    .reduce((sum, claim) => sum + claimMonth(claim, prices), 0);
  const replicas = replicasOf(spec);
  return { amount: replicas * (podMonth(pod, prices) + claims), assumed: `${replicas} pods all month` };
};

/** The provider keeps the number as a text. */
function replicasOf(spec: Values): number {
  const text = Number(textOf(spec, 'replicas'));
  return text > 0 ? text : numberOf(spec, 'replicas', 1);
}

const claim: PriceOf = ({ values }, prices) => {
  const [spec = {}] = blocksOf(values, 'spec');
  return { amount: isFree(prices) ? 0 : claimMonth(spec, prices) };
};

const unseen =
  (what: string): PriceOf =>
  (_, prices) =>
    isFree(prices) ? { amount: 0 } : { why: `what ${what} runs is not in the plan` };

export const clusterPriceRules: Readonly<Record<string, PriceOf>> = {
  kubernetes_deployment_v1: workload,
  kubernetes_stateful_set_v1: workload,
  kubernetes_daemon_set_v1: unseen('a daemon set on how many nodes'),
  kubernetes_persistent_volume_claim_v1: claim,
  kubernetes_manifest: unseen('a manifest'),
  helm_release: unseen('a Helm release'),
};
