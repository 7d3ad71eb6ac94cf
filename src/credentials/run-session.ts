/**
 * The session of one phase of one run: opened with all that names the run, renewed as long as the phase lasts, and refused
 * from the start when it could not be.
 */
import { STSClient } from '@aws-sdk/client-sts';
import type { Account, ExternalIds } from '../account/account.js';
import { appError } from '../errors/app-error.js';
import { systemClock, type Clock } from '../lib/clock.js';
import { awsError, clientConfig, type AwsConnection } from './aws-connection.js';
import { sessionPolicy } from './session-policy.js';
import { assumeSession, callerAccount, sessionName, type SessionKeys } from './session.js';

export interface RunSessionProps {
  readonly account: Account;
  readonly externalIds: ExternalIds;
  readonly run: { readonly runId: string; readonly environmentId: string };
  readonly phase: 'plan' | 'apply';
  readonly region: string;
  /** How long the phase may take. */
  readonly timeoutMs: number;
  /** The inline session policy. @default what an environment needs, and nothing that is another's */
  readonly policy?: string;
  /** Told of every secret before anyone can see it. */
  readonly onSecret: (secret: string) => void;
  readonly clock?: Clock;
}

export interface RunSession {
  /** Keys that last for some minutes at least, new ones if need be. */
  keys(): Promise<SessionKeys>;
}

/** Renewed this long before they end: the AWS provider asks for new ones five minutes before. */
const aheadMs = 10 * 60_000;
const marginMs = 5 * 60_000;

/** Throws `role_not_assumable`, `wrong_cloud_account`, `session_too_short`, `cloud_unavailable`, `control_credentials_missing`. */
export async function openRunSession(aws: AwsConnection, props: RunSessionProps): Promise<RunSession> {
  const { account, phase, region, onSecret, clock = systemClock } = props;
  const roleArn = phase === 'plan' ? account.planRoleArn : account.applyRoleArn;
  if (roleArn === null)
    throw appError(
      'role_not_assumable',
      `account ${account.accountId} has no ${phase}_role_arn: set it and verify the account`,
    );
  const ids = [
    props.externalIds.current,
    ...(props.externalIds.next === null ? [] : [props.externalIds.next]),
  ];
  for (const id of ids) onSecret(id);
  const open = async () => {
    const keys = await assumeSession(aws, {
      roleArn,
      chainRoleArns: account.chainRoleArns,
      externalIds: ids,
      region,
      name: sessionName(props.run.runId),
      tags: tagsOf(props),
      policy:
        props.policy ?? sessionPolicy({ environmentId: props.run.environmentId, region, phase, account }),
      durationSeconds: Math.ceil((props.timeoutMs + marginMs) / 1000),
    });
    onSecret(keys.secretAccessKey);
    onSecret(keys.sessionToken);
    return keys;
  };
  await assertCovered(aws, props, clock);
  let current = await open();
  const caller = await callerAccount(aws, { region, keys: current });
  if (caller.account !== account.cloudAccountId)
    throw appError(
      'wrong_cloud_account',
      `role ${roleArn} leads to another account than ${account.cloudAccountId}: nothing was done there`,
    );
  let renewing: Promise<void> | undefined;
  const leftMs = () => current.expiration.getTime() - clock.now().getTime();
  const renew = async () => {
    try {
      current = await open();
    } catch (error) {
      // Still good for now: the next one who asks tries again.
      if (leftMs() <= 0) throw error;
    } finally {
      renewing = undefined;
    }
  };
  return {
    keys: async () => {
      if (leftMs() < aheadMs) await (renewing ??= renew());
      return current;
    },
  };
}

/** Read by the customer's CloudTrail and by policies as `aws:PrincipalTag/...`. */
function tagsOf({ account, run, phase }: RunSessionProps): Record<string, string> {
  return {
    'terrace.dev/tenant-id': account.tenantId,
    'terrace.dev/environment-id': run.environmentId,
    'terrace.dev/run-id': run.runId,
    'terrace.dev/phase': phase,
  };
}

/** Sessions are renewed with the keys of the control account; where those end in mid-phase and nothing renews them, nobody starts. */
async function assertCovered(
  aws: AwsConnection,
  { region, timeoutMs }: RunSessionProps,
  clock: Clock,
): Promise<void> {
  const client = new STSClient(clientConfig(aws, { region }));
  try {
    const now = clock.now().getTime();
    const ends = async (forceRefresh: boolean) =>
      (await client.config.credentials({ forceRefresh })).expiration?.getTime() ?? Infinity;
    const first = await ends(false);
    if (first >= now + timeoutMs || (await ends(true)) > first) return;
    throw appError(
      'session_too_short',
      `the keys of the control account end in ${minutes(first - now)}, are not renewed, and a phase may take ${minutes(timeoutMs)}: ` +
        'give Terrace a role that renews itself, or lower PROVISIONING_TIMEOUT',
    );
  } catch (error) {
    throw awsError(error, 'use the keys of the control account');
  } finally {
    client.destroy();
  }
}

function minutes(ms: number): string {
  return `${Math.max(0, Math.floor(ms / 60_000))} min`;
}
