/** What the roles of a customer's account may do: managed policies made from the table of needs, none larger than IAM takes. Pure. */
import { appError } from '../errors/app-error.js';
import { grantsOf, type Phase } from './needs.js';
import { documentOf, sizeOf, statementsOf, type PolicyDocument, type Statement } from './policy-document.js';
import { arnsOf, type Place } from './resource-kinds.js';

/** Sources: AWS, "IAM and AWS STS quotas": characters of a managed policy, managed policies of a role. */
export const largestPolicy = 6144;
export const mostPolicies = 10;

export interface PermissionProps extends Place {
  /** Where the role may act; services that are global are not bound by it. */
  readonly regions: readonly string[];
}

/** Parts are cut for the longest values there are, so that every account has the same ones. */
const longest: PermissionProps = {
  partition: 'aws-us-gov',
  accountId: '0'.repeat(12),
  prefix: 'x'.repeat(16),
  planRole: { name: 'p'.repeat(64), path: `/${'p'.repeat(100)}/` },
  applyRole: { name: 'a'.repeat(64), path: `/${'a'.repeat(100)}/` },
  regions: Array.from({ length: 50 }, () => 'us-gov-east-10'),
};

/** The policies of one role, in order. */
export function permissionPolicies(phase: Phase, props: PermissionProps): PolicyDocument[] {
  const statements = allStatements(phase, props);
  return partsOf(allStatements(phase, longest)).map((part) =>
    documentOf(part.map((index) => statements[index]).filter((one) => one !== undefined)),
  );
}

function allStatements(phase: Phase, props: PermissionProps): Statement[] {
  return [...fences(phase, props), ...statementsOf(grantsOf(phase), props)];
}

/** Whatever another policy of the role says. */
function fences(phase: Phase, props: PermissionProps): Statement[] {
  const regions: Statement = {
    Sid: 'OtherRegions',
    Effect: 'Deny',
    // What is global is listed in a region of its own.
    NotAction: ['iam:*', 'sts:*', ...(phase === 'plan' ? ['tag:GetResources'] : [])],
    Resource: '*',
    Condition: { StringNotEquals: { 'aws:RequestedRegion': props.regions } },
  };
  if (phase === 'plan') return [regions];
  const own: Statement = {
    Sid: 'OwnRoles',
    Effect: 'Deny',
    Action: [
      'iam:Attach*',
      'iam:Delete*',
      'iam:Detach*',
      'iam:PassRole',
      'iam:Put*',
      'iam:Tag*',
      'iam:Untag*',
      'iam:Update*',
    ],
    Resource: arnsOf(['own-roles'], props),
  };
  return [regions, own];
}

/** Indexes of statements, packed first fit into as few policies as that gives. */
function partsOf(statements: readonly Statement[]): number[][] {
  const parts: number[][] = [];
  const size = (part: readonly number[]) =>
    sizeOf(documentOf(part.map((index) => statements[index]).filter((one) => one !== undefined)));
  for (const index of statements.keys()) {
    const fits = parts.findIndex((part) => size([...part, index]) <= largestPolicy);
    if (fits === -1) parts.push([index]);
    else parts[fits]?.push(index);
  }
  const large = parts.filter((part) => size(part) > largestPolicy).length;
  if (large > 0 || parts.length > mostPolicies)
    throw appError(
      'internal',
      `${parts.length} policies, ${large} of them too large: a role takes ${mostPolicies} of ${largestPolicy} characters`,
    );
  return parts;
}
