/** Managed databases and caches, asked by connecting to them. */
import { OutboundFault } from '../http/outbound-fault.js';
import type { OutboundConnect } from '../http/outbound-connect.js';
import type { Finding } from './health.js';
import type { StateResource } from './state-findings.js';

export interface DataTarget {
  readonly component: 'database' | 'cache';
  readonly address: string;
  readonly host: string;
  readonly port: number;
  /** PostgreSQL answers before anybody signs in; of others the connection is enough. */
  readonly speaks: 'postgresql' | 'other';
}

type Values = StateResource['values'];

const targetOf: Readonly<Record<string, (values: Values) => Omit<DataTarget, 'address'> | null>> = {
  aws_db_instance: ({ address, port, engine }) =>
    at('database', { address, port }, engine === 'postgres' ? 'postgresql' : 'other'),
  aws_elasticache_replication_group: ({ primary_endpoint_address: address, port }) =>
    at('cache', { address, port }, 'other'),
  aws_elasticache_serverless_cache: ({ endpoint }) => at('cache', firstOf(endpoint), 'other'),
};

function at(
  component: DataTarget['component'],
  { address, port }: Values,
  speaks: DataTarget['speaks'],
): Omit<DataTarget, 'address'> | null {
  if (typeof address !== 'string' || address === '' || typeof port !== 'number') return null;
  return { component, host: address, port, speaks };
}

function firstOf(list: unknown): Values {
  const first: unknown = Array.isArray(list) ? list[0] : undefined;
  return first !== null && typeof first === 'object' ? (first as Values) : {};
}

/** The data services of a state that have an address of their own. */
export function dataTargets(resources: readonly StateResource[]): DataTarget[] {
  return resources.flatMap(({ address, type, values }) => {
    const target = targetOf[type]?.(values) ?? null;
    return target === null ? [] : [{ ...target, address }];
  });
}

/** SSLRequest: answered by `S` or `N` (https://www.postgresql.org/docs/current/protocol-message-formats.html). */
const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** Connects; in a private network that is none of Terrace's, it says `unknown`. Never throws. */
export async function dataFinding(
  connect: OutboundConnect,
  { component, address, host, port, speaks }: DataTarget,
  signal: AbortSignal,
): Promise<Finding> {
  const started = performance.now();
  try {
    const answer = await connect({
      host,
      port,
      signal,
      ...(speaks === 'postgresql' ? { ask: sslRequest } : {}),
    });
    const latencyMs = Math.round(performance.now() - started);
    if (speaks === 'postgresql' && !['S', 'N'].includes(answer.toString('latin1', 0, 1)))
      return {
        component,
        latencyMs,
        status: 'unhealthy',
        message: `${address}: ${host}:${port} is no PostgreSQL`,
        mayPass: true,
      };
    return { component, latencyMs, status: 'healthy', message: `${address} takes connections` };
  } catch (error) {
    if (!(error instanceof OutboundFault)) throw error;
    if (error.reason === 'forbidden_address')
      return { component, status: 'unknown', message: `${address} was not connected to: ${error.message}` };
    return { component, status: 'unhealthy', message: `${address}: ${error.message}`, mayPass: true };
  }
}
