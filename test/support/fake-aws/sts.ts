/** AssumeRole and GetCallerIdentity (https://docs.aws.amazon.com/STS/latest/APIReference/). */
import { decide, type Policy } from './policy.js';
import type { Asking } from './service.js';
import { Refusal, type Identity } from './world.js';
import { xml } from './xml.js';

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';

export function sts(asking: Asking): string {
  if (asking.action === 'GetCallerIdentity') return callerIdentity(asking);
  if (asking.action === 'AssumeRole') return assumeRole(asking);
  throw new Refusal('InvalidAction', `the stand-in for STS does not know ${asking.action}`);
}

function callerIdentity({ action, signer: { identity } }: Asking): string {
  const result = { Arn: identity.arn, UserId: identity.keys.accessKeyId, Account: identity.account };
  return xml(`${action}Response`, { [`${action}Result`]: result }, namespace);
}

function assumeRole({ world, action, params, signer }: Asking): string {
  const { identity } = signer;
  const roleArn = params.RoleArn ?? '';
  const name = params.RoleSessionName ?? '';
  if (!/^[\w+=,.@-]{2,64}$/.test(name)) throw new Refusal('ValidationError', `RoleSessionName ${name}`);
  const asked = tagsOf(params);
  const inherited = Object.fromEntries(identity.transitive.map((key) => [key, identity.tags[key] ?? '']));
  for (const key of Object.keys(asked.tags))
    if (key in inherited) throw new Refusal('InvalidParameterValue', `the tag ${key} is inherited already`);
  const tags = { ...inherited, ...asked.tags };
  const role = world.role(roleArn);
  const context = {
    ...(params.ExternalId === undefined ? {} : { 'sts:ExternalId': params.ExternalId }),
    'sts:RoleSessionName': name,
    ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
    ...(Object.keys(tags).length === 0 ? {} : { 'aws:TagKeys': Object.keys(tags) }),
    'sts:TransitiveTagKeys': [...identity.transitive, ...asked.transitive],
  };
  const actions = ['sts:AssumeRole', ...(Object.keys(tags).length === 0 ? [] : ['sts:TagSession'])];
  const principals = principalsOf(identity);
  const allowed =
    role !== undefined &&
    actions.every(
      (one) =>
        decide(role.trust, { action: one, resource: roleArn, principals, context }) === 'allow' &&
        mayCall(world.role(identity.role ?? '')?.permissions, { action: one, resource: roleArn, context }) &&
        mayCall(identity.policy, { action: one, resource: roleArn, context }),
    );
  if (!allowed)
    throw new Refusal(
      'AccessDenied',
      `User: ${identity.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
      403,
    );
  const seconds = Number(params.DurationSeconds ?? 3600);
  const most = identity.role === undefined ? (role.maxSessionSeconds ?? 3600) : 3600;
  if (!(seconds >= 900 && seconds <= most))
    throw new Refusal(
      'ValidationError',
      identity.role === undefined
        ? 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.'
        : 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  const expiration = new Date(Math.floor((world.now().getTime() + seconds * 1000) / 1000) * 1000);
  const account = roleArn.split(':')[4] ?? '';
  const arn = `arn:aws:sts::${account}:assumed-role/${roleArn.split('/').at(-1)}/${name}`;
  const transitive = [...identity.transitive, ...asked.transitive];
  const policy = params.Policy === undefined ? undefined : readPolicy(params.Policy);
  const keys = world.issue({ account, arn, role: roleArn, tags, transitive, policy, name }, expiration);
  const result = {
    Credentials: {
      AccessKeyId: keys.accessKeyId,
      SecretAccessKey: keys.secretAccessKey,
      SessionToken: keys.sessionToken ?? '',
      Expiration: expiration.toISOString(),
    },
    AssumedRoleUser: { AssumedRoleId: `AROA:${name}`, Arn: arn },
  };
  return xml(`${action}Response`, { [`${action}Result`]: result }, namespace);
}

/** What a policy of the caller says; none = everything. */
export function mayCall(
  policy: Policy | undefined,
  asked: { action: string; resource: string; context: Record<string, string | readonly string[]> },
): boolean {
  return policy === undefined || decide(policy, asked) === 'allow';
}

/** A trust policy may name the account, the user, the role or the very session. */
function principalsOf(identity: Identity): string[] {
  const root = `arn:aws:iam::${identity.account}:root`;
  return [identity.account, root, identity.arn, ...(identity.role === undefined ? [] : [identity.role])];
}

function readPolicy(text: string): Policy {
  if (text.length > 2048)
    throw new Refusal('PackedPolicyTooLarge', 'a session policy has 2048 characters at most');
  try {
    return JSON.parse(text) as Policy;
  } catch {
    throw new Refusal('MalformedPolicyDocument', 'the session policy is not JSON');
  }
}

function tagsOf(params: Readonly<Record<string, string>>) {
  const tags: Record<string, string> = {};
  const transitive: string[] = [];
  for (const [name, value] of Object.entries(params)) {
    const tag = /^Tags\.member\.(\d+)\.Key$/.exec(name);
    if (tag) tags[value] = params[`Tags.member.${tag[1]}.Value`] ?? '';
    if (/^TransitiveTagKeys\.member\.\d+$/.test(name)) transitive.push(value);
  }
  for (const [key, value] of Object.entries(tags))
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u.test(key) || value.length > 256)
      throw new Refusal('ValidationError', `the session tag ${key} is not valid`);
  return { tags, transitive };
}
