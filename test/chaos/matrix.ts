/** The boundaries and the faults of the matrix, and which of them meet. Data only; docs/chaos.md explains it. */

/** What a person watching the database (or the process table) sees when a run passes the boundary. */
export interface Boundary {
  readonly name: string;
  /** The run that passes it. */
  readonly during: 'create' | 'destroy' | 'rollback';
  /** A point of test/chaos/points.sql; `synth` is seen in the process table instead. */
  readonly point: string;
  /** The run waits at its review, then the point is armed; otherwise it is armed before the request. */
  readonly reviewed: boolean;
  /** How often the point may be passed before the fault: the seed picks one. `resources` = once for each resource. */
  readonly nth: 1 | 'resources';
  /** Terraform runs there. */
  readonly terraform: boolean;
  /** The call of a provider that a provider's fault strikes, where there is one. */
  readonly provider?: 'plan' | 'create' | 'delete' | 'health';
}

export const boundaries: readonly Boundary[] = [
  at('claim', 'create', { point: 'claim' }),
  at('session', 'create', { point: 'session' }),
  at('synth', 'create', { point: 'synth' }),
  at('plan start', 'create', { point: 'locked', terraform: true, provider: 'plan' }),
  at('plan end', 'create', { point: 'unlocked', terraform: true }),
  at('artifact saved', 'create', { point: 'plan_saved' }),
  at('review', 'create', { point: 'awaiting_review' }),
  at('approved', 'create', { point: 'apply_claim', reviewed: true }),
  at('apply start', 'create', { point: 'apply_started', reviewed: true, terraform: true }),
  at('each resource of the apply', 'create', {
    point: 'object_made',
    reviewed: true,
    nth: 'resources',
    terraform: true,
    provider: 'create',
  }),
  at('state write', 'create', { point: 'state_written', reviewed: true, terraform: true }),
  at('health', 'create', { point: 'health_kept', reviewed: true, provider: 'health' }),
  at('settle', 'create', { point: 'succeeded', reviewed: true }),
  at('rollback', 'rollback', { point: 'rolling_back', reviewed: true }),
  at('each resource of the rollback', 'rollback', {
    point: 'object_gone',
    reviewed: true,
    nth: 'resources',
    terraform: true,
    provider: 'delete',
  }),
  at('destroy start', 'destroy', { point: 'apply_started', terraform: true }),
  at('each resource of the destroy', 'destroy', {
    point: 'object_gone',
    nth: 'resources',
    terraform: true,
    provider: 'delete',
  }),
  at('receipt', 'destroy', { point: 'receipt_kept' }),
  at('destroy settled', 'destroy', { point: 'succeeded' }),
];

function at(
  name: string,
  during: Boundary['during'],
  more: Partial<Boundary> & Pick<Boundary, 'point'>,
): Boundary {
  return { name, during, reviewed: false, nth: 1, terraform: false, ...more };
}

/** The part of an environment's life in which the boundary is. */
export type LifeStage = 'plan' | 'apply' | 'destroy';

export function stageOf({ during, reviewed }: Boundary): LifeStage {
  if (during === 'destroy') return 'destroy';
  return reviewed ? 'apply' : 'plan';
}

export const faults = [
  'SIGKILL worker',
  'SIGKILL terraform',
  'SIGTERM worker',
  'PostgreSQL restart',
  'Redis flush',
  'provider fault',
] as const;
export type FaultName = (typeof faults)[number];

/** Whether there is anything at the boundary that the fault can strike. */
export function meets(boundary: Boundary, fault: FaultName): boolean {
  if (fault === 'SIGKILL terraform') return boundary.terraform;
  if (fault === 'provider fault') return boundary.provider !== undefined;
  return true;
}

/** A fault that takes something away from a run must not change its end; a provider that fails may fail it. */
export function mayFailRun(fault: FaultName): boolean {
  return fault === 'provider fault';
}

export interface Cell {
  readonly boundary: Boundary;
  readonly fault: FaultName;
}

export const cells: readonly Cell[] = boundaries.flatMap((boundary) =>
  faults.filter((fault) => meets(boundary, fault)).map((fault) => ({ boundary, fault })),
);

/** Numbers of a seed: the same seed, the same numbers (mulberry32). */
export function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}
