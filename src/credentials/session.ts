/**
 * Sessions in a customer's account (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html): the control
 * account's keys, through the roles of the chain, to the customer's role with its external id.
 */
import {
  AssumeRoleCommand,
  type Credentials,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { appError } from '../errors/app-error.js';
import { awsCodeOf, awsError, clientConfig, type AwsConnection, type Keys } from './aws-connection.js';

export interface SessionProps {
  /** The customer's role. */
  readonly roleArn: string;
  /** Roles assumed on the way, first one first. @default none */
  readonly chainRoleArns?: readonly string[];
  /** Tried in order while the role refuses: the former and the new one during a rotation. Empty = none is sent. */
  readonly externalIds: readonly string[];
  readonly region: string;
  /** Seen in the customer's CloudTrail; see `sessionName`. */
  readonly name: string;
  /** Transitive: they stay with every session made from this one. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Cuts the role's rights further; JSON. */
  readonly policy?: string;
  /** @default 900, the least */
  readonly durationSeconds?: number;
}

/** Keys of one phase of one run; they end at `expiration`. */
export type SessionKeys = Keys & { readonly sessionToken: string; readonly expiration: Date };

/** AWS ends sessions that were made from another session after an hour. */
export const chainedSeconds = 3600;
const least = 900;
const most = 43_200;

/** Throws `role_not_assumable` (the customer must act), `cloud_unavailable` (again), `control_credentials_missing` (the operator). */
export async function assumeSession(aws: AwsConnection, props: SessionProps): Promise<SessionKeys> {
  const through = await passChain(aws, props);
  let refusal: unknown;
  for (const externalId of props.externalIds.length === 0 ? [undefined] : props.externalIds)
    try {
      return await assume(aws, { ...props, externalId, through });
    } catch (error) {
      if (!isRefusal(error)) throw sessionError(error, props.roleArn);
      refusal = error;
    }
  throw sessionError(refusal, props.roleArn);
}

/** Whether STS said no, in contrast to not having answered at all. */
export function isRefusal(thrown: unknown): boolean {
  return awsCodeOf(thrown) === 'AccessDenied';
}

/** The keys of the last role of the chain; undefined = those of the control account itself. */
async function passChain(aws: AwsConnection, props: SessionProps): Promise<SessionKeys | undefined> {
  let through: SessionKeys | undefined;
  for (const roleArn of props.chainRoleArns ?? [])
    try {
      through = await assume(aws, {
        ...props,
        roleArn,
        through,
        policy: undefined,
        durationSeconds: chainedSeconds,
      });
    } catch (error) {
      throw sessionError(error, roleArn);
    }
  return through;
}

type Hop = SessionProps & { readonly externalId?: string; readonly through: SessionKeys | undefined };

async function assume(aws: AwsConnection, hop: Hop): Promise<SessionKeys> {
  const client = new STSClient(clientConfig(aws, { region: hop.region, keys: hop.through }));
  const tags = Object.entries(hop.tags ?? {});
  const wanted = Math.min(Math.max(hop.durationSeconds ?? least, least), most);
  const ask = (durationSeconds: number) =>
    client.send(
      new AssumeRoleCommand({
        RoleArn: hop.roleArn,
        RoleSessionName: hop.name,
        ExternalId: hop.externalId,
        DurationSeconds: durationSeconds,
        Policy: hop.policy,
        // Further hops inherit them.
        ...(hop.through === undefined
          ? {
              Tags: tags.map(([Key, Value]) => ({ Key, Value })),
              TransitiveTagKeys: tags.map(([key]) => key),
            }
          : {}),
      }),
    );
  try {
    const first = hop.through === undefined ? wanted : Math.min(wanted, chainedSeconds);
    // The role may allow an hour at most, and so do keys of the control account that are a session themselves.
    const answer = await ask(first).catch((error: unknown) => {
      if (awsCodeOf(error) !== 'ValidationError' || first <= chainedSeconds) throw error;
      return ask(chainedSeconds);
    });
    return keysOf(answer.Credentials);
  } finally {
    client.destroy();
  }
}

function keysOf(given: Credentials | undefined): SessionKeys {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || Expiration === undefined)
    throw appError('cloud_refused', 'could not assume the role: STS answered without keys');
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
  };
}

function sessionError(thrown: unknown, roleArn: string) {
  if (!isRefusal(thrown)) return awsError(thrown, `assume role ${roleArn}`);
  return appError(
    'role_not_assumable',
    `role ${roleArn} cannot be assumed: check that it exists and that its trust policy names the control account and the external id`,
    { detail: thrown instanceof Error ? thrown.message : undefined, cause: thrown },
  );
}

/** The twelve digits of the account that `keys` are in. */
export async function callerAccount(
  aws: AwsConnection,
  props: { region: string; keys?: Keys },
): Promise<{ account: string; arn: string }> {
  const client = new STSClient(clientConfig(aws, props));
  try {
    const { Account = '', Arn = '' } = await client.send(new GetCallerIdentityCommand({}));
    return { account: Account, arn: Arn };
  } catch (error) {
    throw awsError(error, 'ask STS for the identity of the session');
  } finally {
    client.destroy();
  }
}

/** A session name (`[\w+=,.@-]{2,64}`) that leads from CloudTrail to the run. */
export function sessionName(id: string): string {
  return `terrace-${id}`.replace(/[^\w+=,.@-]/g, '-').slice(0, 64);
}
