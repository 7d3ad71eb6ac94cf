/** Calls that stand for the rest: the first one of each service that blueprints use. Asked of IAM's simulation by the preflight. */
import { attachedPolicies, environmentTag } from './conditions.js';
import type { Grant } from './grant.js';
import { grantsOf, type Phase } from './needs.js';
import { arnsOf, type Place } from './resource-kinds.js';

export interface SampleCall {
  readonly action: string;
  /** Undefined = it is about no resource in particular. */
  readonly resourceArn?: string;
}

/** What is made or read first: what makes something is tried before what changes it. */
export function sampleCalls(phase: Phase, place: Place): SampleCall[] {
  const reads = new Set(grantsOf('plan').flatMap(({ actions }) => actions));
  const grants = grantsOf(phase).filter(
    ({ actions, on }) => (phase === 'plan' || !reads.has(actions[0] ?? '')) && on[0] !== 'own-roles',
  );
  const services = new Set(grants.map(serviceOf));
  return [...services].flatMap((service) => {
    const own = grants.filter((one) => serviceOf(one) === service);
    const first = own.find(({ when }) => when === 'made') ?? own[0];
    const [action] = first?.actions ?? [];
    if (first === undefined || action === undefined) return [];
    const arn = sampleArn(arnsOf(first.on.slice(0, 1), place)[0] ?? '*');
    return [{ action, ...(arn === '*' ? {} : { resourceArn: arn }) }];
  });
}

function serviceOf({ actions }: Grant): string {
  return actions[0]?.split(':')[0] ?? '';
}

/** An ARN that the pattern fits. */
export function sampleArn(pattern: string): string {
  if (pattern === '*') return pattern;
  const [arn = '', partition = '', service = '', region = '', account = '', ...rest] = pattern.split(':');
  const name = rest.join(':').replaceAll('*', 'x').replaceAll('?', '0');
  return [arn, partition, service, region === '*' ? 'eu-central-1' : region, account, name].join(':');
}

/** Values that the conditions of the policies ask for, as a session of `environmentId` would have them. */
export function sampleContext(
  place: Place,
  who: { readonly environmentId: string; readonly tenantId: string; readonly region: string },
): Record<string, string> {
  return {
    'aws:RequestedRegion': who.region,
    [`aws:RequestTag/${environmentTag}`]: who.environmentId,
    [`aws:ResourceTag/${environmentTag}`]: who.environmentId,
    [`aws:PrincipalTag/${environmentTag}`]: who.environmentId,
    'aws:PrincipalTag/terrace.dev/tenant-id': who.tenantId,
    'iam:PassedToService': 'eks.amazonaws.com',
    'iam:AWSServiceName': 'eks.amazonaws.com',
    'iam:PolicyARN': `arn:${place.partition}:iam::aws:policy/${attachedPolicies[0]}`,
    'kms:ViaService': `rds.${who.region}.amazonaws.com`,
  };
}
