/** The onboarding as steps for a shell with the AWS CLI. It holds the external id: it is for the person who asked, not for a repository. */
import type { Onboarding, OnboardingRole } from './onboarding.js';

export function cliSteps(onboarding: Onboarding): string {
  const { place, accountId, roles } = onboarding;
  const lines = [
    '#!/bin/sh',
    `# Makes the roles by which Terrace plans and applies environments in account ${place.accountId}.`,
    '# It holds the external id of the account: keep it to yourself.',
    'set -eu',
    `if [ "$(aws sts get-caller-identity --query Account --output text)" != '${place.accountId}' ]; then`,
    `  echo 'these keys are of another account than ${place.accountId}' >&2`,
    '  exit 1',
    'fi',
    'folder=$(mktemp -d)',
    `trap 'rm -rf "$folder"' EXIT`,
    ...roles.flatMap((role) => roleSteps(role, place)),
    '',
    '# Then tell Terrace, with a token that may manage accounts:',
    `# PATCH /api/v1/accounts/${accountId} ${JSON.stringify(
      Object.fromEntries(roles.map(({ phase, arn }) => [`${phase}_role_arn`, arn])),
    )}`,
    `# POST /api/v1/accounts/${accountId}/verify`,
  ];
  return `${lines.join('\n')}\n`;
}

function roleSteps(
  { phase, name, trust, policies }: OnboardingRole,
  place: { readonly partition: string; readonly accountId: string },
): string[] {
  const arn = (policy: string) => `arn:${place.partition}:iam::${place.accountId}:policy/${policy}`;
  return [
    '',
    `# The role to ${phase}.`,
    ...file(`${phase}-trust.json`, trust),
    ...either(
      `get-role --role-name '${name.name}'`,
      `update-assume-role-policy --role-name '${name.name}' --policy-document "file://$folder/${phase}-trust.json"`,
      `create-role --role-name '${name.name}' --path '${name.path}' --assume-role-policy-document "file://$folder/${phase}-trust.json"`,
    ),
    ...policies.flatMap((policy) => [
      ...file(`${policy.name}.json`, policy.document),
      ...either(
        `get-policy --policy-arn '${arn(policy.name)}'`,
        `create-policy-version --policy-arn '${arn(policy.name)}' --policy-document "file://$folder/${policy.name}.json" --set-as-default`,
        `create-policy --policy-name '${policy.name}' --policy-document "file://$folder/${policy.name}.json"`,
      ),
      `aws iam attach-role-policy --role-name '${name.name}' --policy-arn '${arn(policy.name)}'`,
    ]),
  ];
}

/** Nothing in it is filled in by the shell. */
function file(name: string, value: unknown): string[] {
  return [`cat > "$folder/${name}" <<'JSON'`, JSON.stringify(value, null, 2), 'JSON'];
}

/** Steps that can be taken again: after a change of the external id, or of what blueprints need. */
function either(there: string, change: string, make: string): string[] {
  return [
    `if aws iam ${there} > /dev/null 2>&1; then`,
    `  aws iam ${change} > /dev/null`,
    'else',
    `  aws iam ${make} > /dev/null`,
    'fi',
  ];
}
