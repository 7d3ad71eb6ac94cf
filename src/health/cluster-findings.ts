/** Health by what a cluster says of some namespaces. Pure. */
import { quantityValue } from '../spec/quantity.js';
import type { Finding } from './health.js';
import { componentOfWorkload } from './state-findings.js';

/** What was read of the namespaces of one environment. */
export interface ClusterReading {
  readonly workloads: readonly WorkloadReading[];
  readonly ingresses: readonly { readonly name: string; readonly addresses: readonly string[] }[];
  /** Of the TLS secrets that ingresses name; null = the secret is not there, or holds no certificate. */
  readonly certificates: readonly { readonly name: string; readonly notAfter: Date | null }[];
  readonly quotas: readonly QuotaReading[];
  /** What could not be read, with the reason. */
  readonly refused: readonly string[];
}

export interface WorkloadReading {
  /** `deployment shop/web`. */
  readonly name: string;
  /** Without the namespace. */
  readonly plainName: string;
  readonly wanted: number;
  readonly ready: number;
}

export interface QuotaReading {
  readonly name: string;
  /** Quantities by resource name. */
  readonly hard: Readonly<Record<string, string>>;
  readonly used: Readonly<Record<string, string>>;
}

/** From here on a quota is degraded. */
export const quotaLimit = 0.9;
/** From here on a certificate is degraded. */
export const certificateDays = 14;
const dayMs = 86_400_000;

export function clusterFindings(reading: ClusterReading, now: Date): Finding[] {
  return [
    ...reading.workloads.map(workloadFinding),
    ...reading.ingresses.map(ingressFinding),
    ...reading.certificates.map((one) => certificateFinding(one, now)),
    ...reading.quotas.map(quotaFinding),
    ...reading.refused.map((message): Finding => ({ component: 'cluster', status: 'unknown', message })),
  ];
}

function workloadFinding({ name, plainName, wanted, ready }: WorkloadReading): Finding {
  const component = componentOfWorkload(plainName);
  const message = `${name}: ${ready} of ${wanted} ready`;
  if (ready >= wanted) return { component, status: 'healthy', message };
  return { component, status: ready === 0 ? 'unhealthy' : 'degraded', message, mayPass: true };
}

function ingressFinding({ name, addresses }: ClusterReading['ingresses'][number]): Finding {
  return addresses.length > 0
    ? { component: 'ingress', status: 'healthy', message: `ingress ${name} is at ${addresses.join(', ')}` }
    : { component: 'ingress', status: 'unhealthy', message: `ingress ${name} has no address`, mayPass: true };
}

function certificateFinding({ name, notAfter }: ClusterReading['certificates'][number], now: Date): Finding {
  const component = 'certificate';
  if (notAfter === null)
    return { component, status: 'degraded', message: `there is no certificate in ${name}`, mayPass: true };
  const days = Math.floor((notAfter.getTime() - now.getTime()) / dayMs);
  if (days < 0) return { component, status: 'unhealthy', message: `the certificate in ${name} has expired` };
  const message = `the certificate in ${name} expires in ${days} days`;
  return { component, status: days < certificateDays ? 'degraded' : 'healthy', message };
}

function quotaFinding({ name, hard, used }: QuotaReading): Finding {
  const shares = Object.entries(hard).flatMap(([resource, text]) => {
    const most = quantityValue(text);
    const taken = quantityValue(used[resource] ?? '0');
    return most === undefined || taken === undefined || most === 0 ? [] : [{ resource, share: taken / most }];
  });
  const fullest = shares.sort((a, b) => b.share - a.share)[0];
  if (fullest === undefined)
    return { component: 'quota', status: 'healthy', message: `quota ${name} limits nothing` };
  const message = `quota ${name}: ${Math.round(fullest.share * 100)} % of ${fullest.resource} is used`;
  return { component: 'quota', status: fullest.share >= quotaLimit ? 'degraded' : 'healthy', message };
}
