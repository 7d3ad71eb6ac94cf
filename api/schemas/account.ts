import { z } from 'zod';
import {
  accountProviders,
  type Account,
  type AccountSettings,
  type Cluster,
  type ExternalIds,
  type StateLocation,
} from '../../src/account/account.js';
import { breakerState, type Breaker } from '../../src/account/breaker-rules.js';
import { checkStatuses, type Verification } from '../../src/account/verification.js';
import { blockOf } from '../../src/lib/cidr.js';
import { anId, dnsLabel, iso, isoOrNull, pageOf, pageQuery, time } from './common.js';

export const accountParams = z.strictObject({ account_id: anId('`acc_...`') });

export const accountQuery = z.strictObject({
  ...pageQuery(200, 50),
  tenant_id: anId('of this tenant').optional(),
  name: z.string().max(40).optional(),
  provider: z.enum(accountProviders).optional(),
});

const region = z
  .string()
  .regex(/^[a-z]{2}(-[a-z]+)+-[0-9]$/, { error: 'must be a region such as eu-central-1' });
const roleArn = z
  .string()
  .max(600)
  .regex(/^arn:aws(-[a-z]+)*:iam::[0-9]{12}:role\/[\w+=,.@/-]+$/, {
    error: 'must be a role such as arn:aws:iam::123456789012:role/terrace-plan',
  });
const keyArn = z
  .string()
  .max(300)
  .regex(/^arn:aws(-[a-z]+)*:kms:[a-z0-9-]+:[0-9]{12}:(key|alias)\/[\w/-]+$/, {
    error: 'must be a key such as arn:aws:kms:eu-central-1:123456789012:key/...',
  });

export const cluster = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('eks'),
      name: z.string().regex(/^[0-9A-Za-z][\w-]{0,99}$/, { error: 'must be the name of an EKS cluster' }),
    }),
    z.strictObject({
      kind: z.literal('kubeconfig'),
      secret_ref: z
        .string()
        .regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, { error: 'must be the name of a secret' })
        .describe('name of a file in KUBECONFIG_FOLDER of the workers'),
    }),
  ])
  .meta({ id: 'Cluster' });

export const stateLocation = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('managed') }),
    z.strictObject({
      kind: z.literal('s3'),
      bucket: z
        .string()
        .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, { error: 'must be the name of a bucket' }),
      region: region.describe('where the bucket is'),
      kms_key_arn: keyArn.nullable().default(null).describe('null = the key of S3'),
    }),
  ])
  .meta({ id: 'StateLocation' });

const settings = {
  name: dnsLabel(40).describe('unique among the accounts of the tenant'),
  regions: z.array(region).min(1).max(50),
  plan_role_arn: roleArn.nullable().describe('assumed to plan: reads'),
  apply_role_arn: roleArn.nullable().describe('assumed to apply: writes'),
  chain_role_arns: z.array(roleArn).max(3).describe('assumed on the way from the control account, in order'),
  cluster: cluster.nullable().describe('where Kubernetes objects go'),
  state: stateLocation.describe("where Terraform's states are kept"),
};

export const changeAccount = z.strictObject(settings).partial().meta({ id: 'ChangeAccount' });

export const createAccount = z
  .strictObject({
    tenant_id: anId('not needed with a token that is bound to a tenant').optional(),
    provider: z.enum(accountProviders),
    cloud_account_id: z.string().regex(/^[0-9]{12}$/, { error: 'must be 12 digits' }),
    ...changeAccount.shape,
    name: settings.name,
    regions: settings.regions,
  })
  .meta({ id: 'CreateAccount' });

export const account = z
  .strictObject({
    account_id: z.string(),
    tenant_id: z.string(),
    provider: z.enum(accountProviders),
    cloud_account_id: z.string(),
    ...settings,
    external_id_rotating: z.boolean().describe('a new external id waits to be confirmed'),
    verified_at: time.nullable().describe('null = environments are refused until it is verified'),
    created_at: time,
  })
  .meta({ id: 'Account' });

export const accountDetail = account
  .extend({
    breakers: z
      .array(
        z.strictObject({
          region: z.string(),
          state: z
            .enum(['closed', 'open', 'half_open'])
            .describe('open = runs wait; half_open = one run tries'),
          failures: z.int().describe('in a row'),
          open_until: time.nullable(),
          last_error: z.string().nullable(),
          last_failure_at: time.nullable(),
        }),
      )
      .describe('where its cloud failed in passing'),
  })
  .meta({ id: 'AccountDetail' });

export const deletedAccount = z
  .strictObject({ account_id: z.string(), deleted: z.literal(true) })
  .meta({ id: 'DeletedAccount' });

export const accountPage = pageOf('AccountPage', account);

export const externalIds = z
  .strictObject({
    external_id: z.string().describe('what the trust policy of the roles has to ask for'),
    next_external_id: z.string().nullable().describe('the one that follows, while it is being rotated'),
  })
  .meta({ id: 'ExternalIds' });

export const verifyAccount = z
  .strictObject({
    cidr_blocks: z
      .array(
        z
          .string()
          .max(18)
          .refine((text) => blockOf(text) !== undefined, { error: 'must be a block such as 10.40.0.0/16' }),
      )
      .max(10)
      .optional()
      .describe('wanted for new networks: told when a network of the account uses them'),
  })
  .optional();

export const verification = z
  .strictObject({
    account_id: z.string(),
    verified: z.boolean().describe('whether environments may be requested in it'),
    checked_at: time.nullable().describe('null = never verified'),
    checks: z.array(
      z.strictObject({
        name: z.string(),
        status: z.enum(checkStatuses).describe('warning = usable, but something will fail sooner or later'),
        code: z.string().nullable().describe('one of docs/errors.md; null when it passed'),
        message: z.string(),
        metadata: z.record(z.string(), z.unknown()),
      }),
    ),
  })
  .meta({ id: 'Verification' });

export function accountView(one: Account): z.input<typeof account> {
  return {
    account_id: one.accountId,
    tenant_id: one.tenantId,
    name: one.name,
    provider: one.provider,
    cloud_account_id: one.cloudAccountId,
    regions: [...one.regions],
    plan_role_arn: one.planRoleArn,
    apply_role_arn: one.applyRoleArn,
    chain_role_arns: [...one.chainRoleArns],
    cluster: clusterView(one.cluster),
    state: stateView(one.state),
    external_id_rotating: one.externalIdRotating,
    verified_at: isoOrNull(one.verifiedAt),
    created_at: iso(one.createdAt),
  };
}

export function accountDetailView(one: Account, breakers: readonly Breaker[]): z.input<typeof accountDetail> {
  const now = new Date();
  return {
    ...accountView(one),
    breakers: breakers.map((breaker) => ({
      region: breaker.region,
      state: breakerState(breaker, now),
      failures: breaker.failures,
      open_until: isoOrNull(breaker.openUntil),
      last_error: breaker.lastError,
      last_failure_at: isoOrNull(breaker.lastFailureAt),
    })),
  };
}

function clusterView(one: Cluster | null): z.input<typeof cluster> | null {
  return one?.kind === 'kubeconfig' ? { kind: one.kind, secret_ref: one.secretRef } : one;
}

function stateView(one: StateLocation): z.input<typeof stateLocation> {
  if (one.kind === 'managed') return one;
  return { kind: one.kind, bucket: one.bucket, region: one.region, kms_key_arn: one.kmsKeyArn };
}

export function verificationView(accountId: string, one: Verification | null): z.input<typeof verification> {
  return {
    account_id: accountId,
    verified: one?.verified ?? false,
    checked_at: isoOrNull(one?.checkedAt ?? null),
    checks: (one?.checks ?? []).map((check) => ({ ...check, metadata: { ...check.metadata } })),
  };
}

/** The settings given, in the words of the domain; what is not given stays undefined. */
export function settingsOf(body: z.output<typeof changeAccount>): Partial<AccountSettings> {
  const { cluster: at, state } = body;
  return {
    name: body.name,
    regions: body.regions,
    planRoleArn: body.plan_role_arn,
    applyRoleArn: body.apply_role_arn,
    chainRoleArns: body.chain_role_arns,
    cluster: at?.kind === 'kubeconfig' ? { kind: at.kind, secretRef: at.secret_ref } : at,
    state:
      state?.kind === 's3'
        ? { kind: state.kind, bucket: state.bucket, region: state.region, kmsKeyArn: state.kms_key_arn }
        : state,
  };
}

export function externalIdsView({ current, next }: ExternalIds): z.input<typeof externalIds> {
  return { external_id: current, next_external_id: next };
}
