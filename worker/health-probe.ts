/** Looks at an environment once: the sandbox's objects, or the cluster, the API and the data services of a real one. */
import type { Account } from '../src/account/account.js';
import type { Environment } from '../src/environment/environment.js';
import { toAppError } from '../src/errors/app-error.js';
import { dataFinding, dataTargets } from '../src/health/data-findings.js';
import type { Finding } from '../src/health/health.js';
import { httpFinding } from '../src/health/http-finding.js';
import { sandboxFindings } from '../src/health/sandbox-findings.js';
import { stateFindings } from '../src/health/state-findings.js';
import { createOutboundConnect } from '../src/http/outbound-connect.js';
import { createOutbound } from '../src/http/outbound.js';
import { readSandboxHealth } from '../src/sandbox/sandbox-health.js';
import type { State } from '../src/state/state-rules.js';
import type { WorkerDeps } from './deps.js';
import type { StateContext } from './run-context.js';

export interface Subject {
  readonly environment: Environment;
  readonly account: Account;
  readonly state: State;
}

export interface Probe {
  /** All that one look finds. Rejects only when the signal fires or the database does not answer. */
  look(signal: AbortSignal): Promise<Finding[]>;
}

export type ProbeContext = Pick<StateContext, 'run' | 'redactor' | 'say'>;

export function openProbe(deps: WorkerDeps, ctx: ProbeContext, subject: Subject): Probe {
  return subject.account.provider === 'sandbox'
    ? sandboxProbe(deps, ctx, subject)
    : cloudProbe(deps, ctx, subject);
}

function sandboxProbe(deps: WorkerDeps, ctx: ProbeContext, { environment, account, state }: Subject): Probe {
  const { environmentId, region } = environment;
  const { runId } = ctx.run;
  const run = { environmentId, runId, accountId: account.cloudAccountId, region };
  return {
    look: async () => {
      const readings = await readSandboxHealth(deps.db, run, { resources: state.resources, now: new Date() });
      return sandboxFindings(readings, urlOf(state));
    },
  };
}

function cloudProbe(deps: WorkerDeps, ctx: ProbeContext, subject: Subject): Probe {
  const { state } = subject;
  const allowedRanges = deps.config.OUTBOUND_ALLOWED_RANGES;
  const outbound = createOutbound({ allowedRanges });
  const connect = createOutboundConnect({ allowedRanges });
  const url = urlOf(state);
  const targets = dataTargets(state.resources);
  const known = stateFindings(state.resources);
  const cluster = clusterProbe(deps, ctx, subject);
  return {
    look: async (signal) => {
      const found = await Promise.all([
        cluster.look(signal),
        url === null ? [] : httpFinding(outbound, url, signal),
        ...targets.map((target) => dataFinding(connect, target, signal)),
      ]);
      return [...known, ...found.flat()];
    },
  };
}

/** Opened at the first look, and again after one that could not get in. */
function clusterProbe(deps: WorkerDeps, ctx: ProbeContext, subject: Subject): Probe {
  if (!subject.state.resources.some(({ type }) => /^(kubernetes|helm)_/.test(type)))
    return { look: () => Promise.resolve([]) };
  let opened: Probe | undefined;
  return {
    look: async (signal) => {
      try {
        // Loaded when first needed: most of it are the clients of AWS and of Kubernetes.
        const { openClusterProbe } = await import('./health-cluster.js');
        opened ??= await openClusterProbe(deps, ctx, subject);
        return await opened.look(signal);
      } catch (error) {
        const message = `the cluster cannot be looked at: ${toAppError(error).message}`;
        return [{ component: 'cluster', status: 'unhealthy', message, mayPass: true }];
      }
    },
  };
}

/** Where the environment is asked whether it serves: its output `health_url`, else its `endpoint_url`. */
function urlOf({ outputs }: State): string | null {
  const told = [outputs['health_url']?.value, outputs['endpoint_url']?.value];
  return told.find((value): value is string => typeof value === 'string' && value !== '') ?? null;
}
