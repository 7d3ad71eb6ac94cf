/** Who may take a role: the control account for one account of one tenant, and the control account's own side of it. Pure. */
import type { Phase } from './needs.js';
import { documentOf, type PolicyDocument } from './policy-document.js';

/** Tags that sessions carry; see src/credentials/run-session.ts. */
const sessionTags = [
  'terrace.dev/environment-id',
  'terrace.dev/phase',
  'terrace.dev/run-id',
  'terrace.dev/tenant-id',
];

export interface TrustProps {
  /** ARN of the control account's role, of the last role of a chain, or of the control account as a whole. */
  readonly principalArn: string;
  /** One, or two while it is being changed. */
  readonly externalIds: string | readonly string[];
  readonly tenantId: string;
}

/**
 * The trust policy of a role: taken with the external id alone (https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html),
 * by sessions that say of which tenant and phase they are (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html).
 */
export function trustPolicy(
  phase: Phase,
  { principalArn, externalIds, tenantId }: TrustProps,
): PolicyDocument {
  const Principal = { AWS: principalArn };
  return documentOf([
    {
      Sid: 'TakenWithTheExternalId',
      Effect: 'Allow',
      Principal,
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'sts:ExternalId': externalIds } },
    },
    {
      Sid: 'SaysForWhom',
      Effect: 'Allow',
      Principal,
      Action: 'sts:TagSession',
      Condition: {
        StringEquals: {
          'aws:RequestTag/terrace.dev/tenant-id': tenantId,
          'aws:RequestTag/terrace.dev/phase': phase,
        },
        'ForAllValues:StringEquals': { 'aws:TagKeys': sessionTags },
      },
    },
  ]);
}

/** What the role of Terrace itself may do: take the roles of customers, and nothing else. */
export function controlPolicy(roleArns: readonly string[]): PolicyDocument {
  return documentOf([
    {
      Sid: 'CustomersRoles',
      Effect: 'Allow',
      Action: ['sts:AssumeRole', 'sts:TagSession'],
      Resource: [...new Set(roleArns)].sort(),
    },
  ]);
}

/** Where the programs of Terrace run: both the worker and the API (which verifies accounts) take the control account's role. */
export const controlServiceAccounts = {
  namespace: 'terrace',
  names: ['terrace-api', 'terrace-worker'],
} as const;

/** The trust policy of the control account's role for service accounts of a cluster (AWS, "IAM roles for service accounts"). */
export function irsaTrustPolicy(props: {
  readonly partition: string;
  readonly controlAccountId: string;
  /** Without `https://`. */
  readonly issuer: string;
}): PolicyDocument {
  const { partition, controlAccountId, issuer } = props;
  const { namespace, names } = controlServiceAccounts;
  return documentOf([
    {
      Sid: 'ServiceAccounts',
      Effect: 'Allow',
      Principal: { Federated: `arn:${partition}:iam::${controlAccountId}:oidc-provider/${issuer}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: {
          [`${issuer}:aud`]: 'sts.amazonaws.com',
          [`${issuer}:sub`]: names.map((name) => `system:serviceaccount:${namespace}:${name}`),
        },
      },
    },
  ]);
}
