/** The onboarding as a Terraform module in one file; the external id is a variable, for modules are kept in repositories. */
import type { Onboarding, OnboardingRole } from './onboarding.js';
import { trustPolicy } from './trust-policy.js';

const externalIds = 'EXTERNAL_IDS';

export function terraformModule(onboarding: Onboarding): string {
  const { principalArn, tenantId, accountId, place } = onboarding;
  const trust = { principalArn, tenantId, externalIds };
  const blocks = [
    `# Roles by which Terrace plans and applies environments in account ${place.accountId} (${accountId}).`,
    [
      'terraform {',
      '  required_providers {',
      '    aws = {',
      '      source = "hashicorp/aws"',
      '    }',
      '  }',
      '}',
    ].join('\n'),
    [
      'variable "external_ids" {',
      '  description = "External id of the account, from Terrace; two while it is being changed"',
      '  type        = list(string)',
      '  sensitive   = true',
      '}',
    ].join('\n'),
    ...onboarding.roles.flatMap((role) => [
      roleBlock(role, hcl(trustPolicy(role.phase, trust))),
      ...role.policies.flatMap(({ name, document }, index) =>
        policyBlocks(role, name, index + 1, hcl(document)),
      ),
      [`output "${role.phase}_role_arn" {`, `  value = aws_iam_role.${role.phase}.arn`, '}'].join('\n'),
    ]),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function roleBlock({ phase, name }: OnboardingRole, trust: string): string {
  return [
    `resource "aws_iam_role" "${phase}" {`,
    `  name               = ${quoted(name.name)}`,
    `  path               = ${quoted(name.path)}`,
    `  assume_role_policy = jsonencode(${trust})`,
    '}',
  ].join('\n');
}

function policyBlocks({ phase }: OnboardingRole, name: string, number: number, document: string): string[] {
  const label = `${phase}_${number}`;
  return [
    [
      `resource "aws_iam_policy" "${label}" {`,
      `  name   = ${quoted(name)}`,
      `  policy = jsonencode(${document})`,
      '}',
    ].join('\n'),
    [
      `resource "aws_iam_role_policy_attachment" "${label}" {`,
      `  role       = aws_iam_role.${phase}.name`,
      `  policy_arn = aws_iam_policy.${label}.arn`,
      '}',
    ].join('\n'),
  ];
}

/** JSON is HCL, once its `${` are kept from being filled in. */
function hcl(value: unknown): string {
  return escaped(JSON.stringify(value, null, 2))
    .replaceAll(`"${externalIds}"`, 'var.external_ids')
    .replaceAll('\n', '\n  ');
}

function quoted(text: string): string {
  return escaped(JSON.stringify(text));
}

function escaped(json: string): string {
  return json.replaceAll('${', () => '$${').replaceAll('%{', '%%{');
}
