/** Health in the sandbox: what really exists there, and the faults that make an object unready. Pure. */
import type { SandboxReading } from '../sandbox/sandbox-health.js';
import type { Finding } from './health.js';
import { stateFinding } from './state-findings.js';

/** `endpointUrl` is null for an environment that serves nothing to the outside. */
export function sandboxFindings(readings: readonly SandboxReading[], endpointUrl: string | null): Finding[] {
  const found = readings.flatMap((reading) => readingFinding(reading) ?? []);
  return endpointUrl === null ? found : [...found, apiFinding(found, endpointUrl)];
}

function readingFinding({ resource, actual, unready }: SandboxReading): Finding | null {
  const told = stateFinding({ ...resource, values: actual ?? resource.values });
  const component = told?.component ?? 'workloads';
  const { address } = resource;
  if (actual === null && told !== null)
    return { component, status: 'unhealthy', message: `${address} is gone` };
  if (unready !== null)
    return { component, status: unready.as, message: `${address}: ${unready.message}`, mayPass: true };
  return told;
}

/** Nothing runs in the sandbox: the API is as well as what it would run on. */
function apiFinding(found: readonly Finding[], endpointUrl: string): Finding {
  const carrying = found.filter(({ component }) => ['workloads', 'release', 'ingress'].includes(component));
  const bad = carrying.find(({ status }) => status === 'unhealthy');
  return bad === undefined
    ? { component: 'api', status: 'healthy', message: `${endpointUrl} is played by the sandbox` }
    : {
        component: 'api',
        status: 'unhealthy',
        message: `${endpointUrl} does not answer: ${bad.message}`,
        mayPass: bad.mayPass === true,
      };
}
