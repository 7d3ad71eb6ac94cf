import { OutboundFault, type OutboundReason } from '../http/outbound-fault.js';
import type { Outbound, OutboundAnswer } from '../http/outbound.js';
import type { Finding } from './health.js';

/** What is slower is degraded. */
export const slowMs = 2000;
const limitMs = 5000;
const component = 'api';
type Judged = Pick<Finding, 'status' | 'message' | 'mayPass'>;

/** Asks the environment's API as its users do: whether it answers, how, and how fast. Never throws. */
export async function httpFinding(outbound: Outbound, url: string, signal: AbortSignal): Promise<Finding> {
  const started = performance.now();
  try {
    const answer = await outbound({
      url,
      headers: { accept: 'application/json, */*' },
      timeoutMs: limitMs,
      limitBytes: 65_536,
      signal,
    });
    const latencyMs = Math.round(performance.now() - started);
    return { component, latencyMs, ...judge(url, answer, latencyMs) };
  } catch (error) {
    if (error instanceof OutboundFault) return { component, ...judgeFault(url, error) };
    throw error;
  }
}

function judge(url: string, { status, body }: OutboundAnswer, latencyMs: number): Judged {
  if (status >= 500) return { status: 'unhealthy', message: `${url} answers ${status}`, mayPass: true };
  const told = toldBy(body);
  if (told !== null) return { status: 'unhealthy', message: `${url} says that it is ${told}`, mayPass: true };
  if (latencyMs > slowMs)
    return { status: 'degraded', message: `${url} answers ${status}, but takes ${latencyMs} ms` };
  return { status: 'healthy', message: `${url} answers ${status}` };
}

const badWords = ['unhealthy', 'down', 'error', 'fail', 'failed', 'critical'];

/** The word of a JSON body's `status` that says something is wrong; any other body says nothing. */
function toldBy(body: Buffer): string | null {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    const status = parsed !== null && typeof parsed === 'object' && 'status' in parsed ? parsed.status : null;
    return typeof status === 'string' && badWords.includes(status.toLowerCase()) ? status : null;
  } catch {
    return null;
  }
}

const verdicts: Record<OutboundReason, (url: string, fault: OutboundFault) => Judged> = {
  bad_url: (_, { message }) => ({ status: 'unhealthy', message }),
  forbidden_address: (url, { message }) => ({
    status: 'unknown',
    message: `${url} was not asked: ${message}`,
  }),
  redirected: (url) => ({ status: 'healthy', message: `${url} answers with a redirect` }),
  too_large: (url) => ({ status: 'healthy', message: `${url} answers` }),
  timeout: (_, { message }) => ({ status: 'unhealthy', message, mayPass: true }),
  aborted: (_, { message }) => ({ status: 'unhealthy', message, mayPass: true }),
  unreachable: (url, fault) =>
    hasNoAddress(fault)
      ? {
          status: 'degraded',
          message: `${new URL(url).hostname} has no address yet: point its DNS at the ingress`,
          mayPass: true,
        }
      : { status: 'unhealthy', message: fault.message, mayPass: true },
};

function judgeFault(url: string, fault: OutboundFault): Judged {
  return verdicts[fault.reason](url, fault);
}

function hasNoAddress({ cause }: OutboundFault): boolean {
  return cause instanceof Error && 'code' in cause && ['ENOTFOUND', 'ENODATA'].includes(String(cause.code));
}
