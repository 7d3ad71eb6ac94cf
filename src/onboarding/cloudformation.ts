/** The onboarding as a template of CloudFormation: one for every customer, what differs is a parameter, the external id is never in it. */
import { permissionPolicies } from './permission-policies.js';
import type { Phase } from './needs.js';
import type { Onboarding } from './onboarding.js';
import { statesPolicy } from './state-policy.js';
import { trustPolicy } from './trust-policy.js';

interface Parameter {
  readonly Type: 'String' | 'CommaDelimitedList';
  readonly Description: string;
  readonly AllowedPattern?: string;
  readonly Default?: string;
  /** Neither shown nor taken from a quick-create link. */
  readonly NoEcho?: true;
}

const path: Parameter = {
  Type: 'String',
  Description: 'Path of the role',
  Default: '/',
  AllowedPattern: '/([!-~]+/)?',
};
const roleName = (text: string, usual: string): Parameter => ({
  Type: 'String',
  Description: text,
  Default: usual,
  AllowedPattern: '[\\w+=,.@-]{1,64}',
});

const parameters = {
  ControlPrincipalArn: {
    Type: 'String',
    Description: 'Who takes the roles: the control account of Terrace',
    AllowedPattern: 'arn:aws(-[a-z]+)*:iam::[0-9]{12}:(root|role/.+)',
  },
  ExternalIds: {
    Type: 'CommaDelimitedList',
    Description:
      'External id of the account, from Terrace; two with a comma between while it is being changed',
    NoEcho: true,
  },
  TenantId: { Type: 'String', Description: 'Tenant at Terrace', AllowedPattern: 'ten_[0-9A-Za-z]+' },
  NamePrefix: {
    Type: 'String',
    Description: 'What names of the things that Terrace makes begin with',
    AllowedPattern: '[a-z][a-z0-9-]{0,15}',
  },
  Regions: { Type: 'CommaDelimitedList', Description: 'Regions that Terrace may act in' },
  PlanRoleName: roleName('Role that reads', 'terrace-plan'),
  PlanRolePath: path,
  ApplyRoleName: roleName('Role that writes', 'terrace-apply'),
  ApplyRolePath: path,
  StateBucket: {
    Type: 'String',
    Description: 'Your bucket that keeps the states; empty = Terrace keeps them',
    Default: '',
    AllowedPattern: '([a-z0-9][a-z0-9.-]+)?',
  },
  StateKeyArn: {
    Type: 'String',
    Description: 'Key of that bucket; empty = the key of S3',
    Default: '',
    AllowedPattern: '(arn:aws.*:kms:.+)?',
  },
} as const satisfies Readonly<Record<string, Parameter>>;

export type ParameterName = keyof typeof parameters;

const mark = (name: string) => `<<${name}>>`;
const place = {
  partition: mark('AWS::Partition'),
  accountId: mark('AWS::AccountId'),
  prefix: mark('NamePrefix'),
  planRole: { name: mark('PlanRoleName'), path: mark('PlanRolePath') },
  applyRole: { name: mark('ApplyRoleName'), path: mark('ApplyRolePath') },
  regions: [mark('Regions')],
};
const trust = {
  principalArn: mark('ControlPrincipalArn'),
  externalIds: mark('ExternalIds'),
  tenantId: mark('TenantId'),
};

/** The values of an account; the external id is asked for by the console, for links and templates are passed around. */
export function parameterValues(
  onboarding: Onboarding,
): Record<Exclude<ParameterName, 'ExternalIds'>, string> {
  const { planRole, applyRole, prefix } = onboarding.place;
  return {
    ControlPrincipalArn: onboarding.principalArn,
    TenantId: onboarding.tenantId,
    NamePrefix: prefix,
    Regions: onboarding.regions.join(','),
    PlanRoleName: planRole.name,
    PlanRolePath: planRole.path,
    ApplyRoleName: applyRole.name,
    ApplyRolePath: applyRole.path,
    StateBucket: onboarding.states?.bucket ?? '',
    StateKeyArn: onboarding.states?.kmsKeyArn ?? '',
  };
}

/** JSON, in one line so that it is small enough to be sent as it is (51,200 bytes). With `values`, those are the defaults. */
export function cloudFormationTemplate(values: Partial<Record<ParameterName, string>> = {}): string {
  const withDefaults = Object.fromEntries(
    Object.entries(parameters).map(([name, parameter]) => {
      const value = values[name as ParameterName];
      return [name, value === undefined ? parameter : { ...parameter, Default: value }];
    }),
  );
  return JSON.stringify({
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'Roles by which Terrace plans and applies environments in this account',
    Parameters: withDefaults,
    Conditions: {
      HasStateBucket: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'StateBucket' }, ''] }] },
      HasStateKey: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'StateKeyArn' }, ''] }] },
    },
    Resources: { ...roleResources('plan', 'Plan'), ...roleResources('apply', 'Apply') },
    Outputs: Object.fromEntries(
      ['Plan', 'Apply'].map((title) => [
        `${title}RoleArn`,
        {
          Description: `${title.toLowerCase()}_role_arn of the account`,
          Value: { 'Fn::GetAtt': [`${title}Role`, 'Arn'] },
        },
      ]),
    ),
  });
}

function roleResources(phase: Phase, title: 'Plan' | 'Apply') {
  const role = `${title}Role`;
  const policies = permissionPolicies(phase, place).map((document, index) => [
    `${title}Policy${index + 1}`,
    {
      Type: 'AWS::IAM::ManagedPolicy',
      Properties: {
        ManagedPolicyName: { 'Fn::Sub': `\${${role}Name}-${index + 1}` },
        PolicyDocument: filled(document),
        Roles: [{ Ref: role }],
      },
    },
  ]);
  return {
    [role]: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: { Ref: `${role}Name` },
        Path: { Ref: `${role}Path` },
        AssumeRolePolicyDocument: filled(trustPolicy(phase, trust)),
      },
    },
    ...Object.fromEntries(policies),
    [`${title}StatesPolicy`]: {
      Type: 'AWS::IAM::ManagedPolicy',
      Condition: 'HasStateBucket',
      Properties: {
        ManagedPolicyName: { 'Fn::Sub': `\${${role}Name}-states` },
        PolicyDocument: statesDocument(),
        Roles: [{ Ref: role }],
      },
    },
  };
}

/** The statement about the key is left out where there is none. */
function statesDocument() {
  const { partition } = place;
  const states = { partition, bucket: mark('StateBucket'), kmsKeyArn: mark('StateKeyArn') };
  const { Version, Statement } = statesPolicy(states);
  return {
    Version,
    Statement: Statement.map((one) =>
      one.Sid === 'Key' ? { 'Fn::If': ['HasStateKey', filled(one), { Ref: 'AWS::NoValue' }] } : filled(one),
    ),
  };
}

/** Marks become references; what IAM itself fills in (`${aws:...}`) is kept from CloudFormation. */
function filled(value: unknown): unknown {
  if (Array.isArray(value)) {
    const [only] = value as unknown[];
    // A parameter that is a list is not put into another one.
    if (value.length === 1 && only === mark('Regions')) return { Ref: 'Regions' };
    return value.map(filled);
  }
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, filled(member)]));
  if (typeof value !== 'string') return value;
  const whole = /^<<([\w:]+)>>$/.exec(value)?.[1];
  if (whole !== undefined) return { Ref: whole };
  if (!value.includes('<<')) return value;
  const text = value.replaceAll('${', '${!').replace(/<<([\w:]+)>>/g, (_mark, name: string) => `\${${name}}`);
  return { 'Fn::Sub': text };
}

const consoles: Readonly<Record<string, (region: string) => string>> = {
  aws: (region) => `https://${region}.console.aws.amazon.com`,
  'aws-cn': (region) => `https://${region}.console.amazonaws.cn`,
  'aws-us-gov': () => 'https://console.amazonaws-us-gov.com',
};

/**
 * Opens the console with everything filled in but the external id
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-create-stacks-quick-create-links.html).
 */
export function quickCreateUrl(onboarding: Onboarding, templateUrl: string): string {
  const region = onboarding.regions[0] ?? 'us-east-1';
  const query = new URLSearchParams({ templateURL: templateUrl, stackName: 'terrace' });
  for (const [name, value] of Object.entries(parameterValues(onboarding))) query.set(`param_${name}`, value);
  const home = consoles[onboarding.place.partition]?.(region) ?? '';
  return `${home}/cloudformation/home?region=${region}#/stacks/quickcreate?${query.toString()}`;
}
