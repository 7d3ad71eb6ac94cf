/** What single looks found out, and the health that follows from them. Pure. */
import type { ComponentHealth, Health } from '../environment/environment.js';

/** What one look found. `unknown` = it could not be looked at from here; it says nothing of the environment. */
export interface Finding {
  readonly component: string;
  readonly status: ComponentHealth['status'];
  readonly message: string;
  /** What is wrong may pass by itself: worth to look again. */
  readonly mayPass?: boolean;
  readonly latencyMs?: number;
}

/** From best to worst. */
const order: readonly Finding['status'][] = ['unknown', 'healthy', 'degraded', 'unhealthy'];
const rank = (status: Finding['status']) => order.indexOf(status);
const mostMessages = 3;

/**
 * The health by all findings: a component is as well as its worst finding, the environment as its worst component. Where nothing
 * was found it is unhealthy; where nothing could be looked at, degraded.
 */
export function healthOf(findings: readonly Finding[], at: Date): Health {
  const components: Record<string, ComponentHealth> = {};
  for (const name of new Set(findings.map(({ component }) => component)))
    components[name] = componentOf(findings.filter(({ component }) => component === name));
  const worst = Math.max(-1, ...Object.values(components).map(({ status }) => rank(status)));
  const overall = worst === -1 ? 'unhealthy' : worst === 0 ? 'degraded' : order[worst];
  return {
    overall: overall as Health['overall'],
    checkedAt: at.toISOString(),
    components,
  };
}

function componentOf(findings: readonly Finding[]): ComponentHealth {
  const worst = Math.max(...findings.map(({ status }) => rank(status)));
  const telling = findings.filter(({ status }) => rank(status) === worst);
  const more = telling.length - mostMessages;
  const texts = telling.slice(0, mostMessages).map(({ message }) => message);
  const latencies = findings.flatMap(({ latencyMs }) => (latencyMs === undefined ? [] : [latencyMs]));
  return {
    status: order[worst] ?? 'unknown',
    message: `${texts.join('; ')}${more > 0 ? `; and ${more} more` : ''}`,
    ...(latencies.length === 0 ? {} : { latencyMs: Math.max(...latencies) }),
  };
}

/** Whether looking again could find anything better. */
export function mayImprove(findings: readonly Finding[]): boolean {
  return findings.some(({ mayPass, status }) => mayPass === true && rank(status) > rank('healthy'));
}

/** What is not well, in one text. */
export function troubles({ components }: Health): string {
  const bad = Object.values(components).filter(({ status }) => rank(status) > rank('healthy'));
  return bad.length === 0 ? 'nothing is there' : bad.map(({ message }) => message).join('; ');
}
