/** All that a saved plan is bound to: when any of it has changed, the plan is stale and must not be applied. Pure. */
export interface PlanBinding {
  readonly planSha256: string;
  readonly synthSha256: string;
  readonly lockSha256: string;
  readonly toolVersion: string;
  readonly revision: number;
  readonly cloudAccountId: string;
  /** Null before the first apply. */
  readonly stateLineage: string | null;
  readonly stateSerial: number | null;
}

/** Each fact in the words of a reader; total, so that a new fact cannot be forgotten. */
const factNames: Record<keyof PlanBinding, string> = {
  planSha256: 'plan file',
  synthSha256: 'generated stack',
  lockSha256: 'provider lock file',
  toolVersion: 'terraform version',
  revision: 'revision',
  cloudAccountId: 'cloud account',
  stateLineage: 'state lineage',
  stateSerial: 'state serial',
};

/** The names of what differs; empty when the plan may be applied. */
export function bindingMismatches(saved: PlanBinding, current: PlanBinding): string[] {
  return (Object.keys(factNames) as (keyof PlanBinding)[])
    .filter((fact) => saved[fact] !== current[fact])
    .map((fact) => factNames[fact]);
}
