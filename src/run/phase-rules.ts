/** The parts of bringing an environment up, and how long each took by the journal of its apply. Pure. */

export const phaseNames = ['infrastructure', 'deployment', 'configuration', 'health'] as const;
export type PhaseName = (typeof phaseNames)[number];
type AppliedPhase = Exclude<PhaseName, 'health'>;

/** One part of a run. Milliseconds. */
export interface Phase {
  readonly name: PhaseName;
  readonly durationMs: number;
  readonly budgetMs: number;
  readonly over: boolean;
}

/** Milliseconds. */
export type PhaseBudgets = Readonly<Record<PhaseName, number>>;

/** Types and beginnings of types (ending in `_`); the longest that fits counts. */
const phaseOfType: Readonly<Record<string, AppliedPhase>> = {
  aws_: 'infrastructure',
  docker_: 'infrastructure',
  docker_container: 'deployment',
  docker_image: 'deployment',
  helm_release: 'deployment',
  kubernetes_: 'infrastructure',
  kubernetes_config_map_v1: 'configuration',
  kubernetes_cron_job_v1: 'configuration',
  kubernetes_daemon_set_v1: 'deployment',
  kubernetes_deployment_v1: 'deployment',
  kubernetes_horizontal_pod_autoscaler_v2: 'configuration',
  kubernetes_ingress_v1: 'configuration',
  kubernetes_job_v1: 'configuration',
  kubernetes_manifest: 'configuration',
  kubernetes_secret_v1: 'configuration',
  kubernetes_service_v1: 'deployment',
  kubernetes_stateful_set_v1: 'deployment',
  postgresql_: 'configuration',
  random_: 'infrastructure',
};

/** The phase of a resource type; what no line of the table knows configures something. */
export function phaseOf(resourceType: string): AppliedPhase {
  const exact = phaseOfType[resourceType];
  if (exact !== undefined) return exact;
  const family = `${resourceType.split('_')[0]}_`;
  return phaseOfType[family] ?? 'configuration';
}

/** A line of the journal with its time. */
export interface JournalTime {
  readonly address: string;
  readonly resourceType: string;
  readonly step: 'started' | 'finished' | 'errored';
  readonly at: Date;
}

/**
 * How long the phases of an apply took: the time during which at least one resource of the phase was being worked on. Phases
 * overlap, as terraform works on several resources at once. What was started and never ended, by a dead worker, counts from its
 * next start.
 */
export function applyPhases(journal: readonly JournalTime[], budgets: PhaseBudgets): Phase[] {
  const spans: Record<AppliedPhase, [number, number][]> = {
    infrastructure: [],
    deployment: [],
    configuration: [],
  };
  const started = new Map<string, number>();
  for (const { address, resourceType, step, at } of journal) {
    if (step === 'started') started.set(address, at.getTime());
    else {
      const from = started.get(address);
      if (from !== undefined) spans[phaseOf(resourceType)].push([from, at.getTime()]);
      started.delete(address);
    }
  }
  return (Object.keys(spans) as AppliedPhase[]).map((name) => phase(name, covered(spans[name]), budgets));
}

export function phase(name: PhaseName, durationMs: number, budgets: PhaseBudgets): Phase {
  const budgetMs = budgets[name];
  return { name, durationMs, budgetMs, over: durationMs > budgetMs };
}

/** The time that spans cover together. */
function covered(spans: readonly [number, number][]): number {
  let total = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const [from, to] of [...spans].sort(([a], [b]) => a - b)) {
    total += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return total;
}
