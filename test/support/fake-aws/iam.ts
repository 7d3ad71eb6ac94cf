/** ListRoles, ListRoleTags, SimulatePrincipalPolicy (https://docs.aws.amazon.com/IAM/latest/APIReference/). */
import { decide } from './policy.js';
import type { Asking } from './service.js';
import { Refusal } from './world.js';
import { xml } from './xml.js';

const namespace = 'https://iam.amazonaws.com/doc/2010-05-08/';

export function iam(asking: Asking): string {
  const { world, action, params, signer } = asking;
  if (action === 'ListRoles' || action === 'ListRoleTags') return roles(asking);
  if (action !== 'SimulatePrincipalPolicy')
    throw new Refusal('InvalidAction', `the stand-in for IAM does not know ${action}`);
  const arn = params.PolicySourceArn ?? '';
  const role = arn.split(':')[4] === signer.identity.account ? world.role(arn) : undefined;
  if (role === undefined) throw new Refusal('NoSuchEntity', `no role ${arn}`, 404);
  const asked = Object.entries(params).flatMap(([name, value]) =>
    /^ActionNames\.member\.\d+$/.test(name) ? [value] : [],
  );
  const context = Object.fromEntries(
    Object.entries(params).flatMap(([name, key]) => {
      const at = /^(ContextEntries\.member\.\d+)\.ContextKeyName$/.exec(name)?.[1];
      return at === undefined ? [] : [[key, params[`${at}.ContextKeyValues.member.1`] ?? '']];
    }),
  );
  const resources = Object.entries(params).flatMap(([name, value]) =>
    /^ResourceArns\.member\.\d+$/.test(name) ? [value] : [],
  );
  const decisions = { allow: 'allowed', deny: 'explicitDeny', implicit_deny: 'implicitDeny' } as const;
  const member = asked.flatMap((name) =>
    (resources.length === 0 ? ['*'] : resources).map((resource) => ({
      EvalActionName: name,
      EvalResourceName: resource,
      EvalDecision:
        role.permissions === undefined
          ? decisions.allow
          : decisions[decide(role.permissions, { action: name, resource, context })],
    })),
  );
  const result = { EvaluationResults: { member }, IsTruncated: false };
  return xml(`${action}Response`, { [`${action}Result`]: result }, namespace);
}

function roles({ world, action, params, signer }: Asking): string {
  const { account } = signer.identity;
  const all = world.account(account).roles ?? {};
  const arn = (name: string) => `arn:aws:iam::${account}:role/${name}`;
  const member =
    action === 'ListRoles'
      ? Object.keys(all).map((name) => ({ RoleName: name, Path: '/', Arn: arn(name) }))
      : Object.entries(all[params.RoleName ?? '']?.tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
  const list = { [action === 'ListRoles' ? 'Roles' : 'Tags']: { member }, IsTruncated: false };
  return xml(`${action}Response`, { [`${action}Result`]: list }, namespace);
}
