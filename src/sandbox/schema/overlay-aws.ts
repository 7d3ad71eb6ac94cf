import { lookUp, textAt, type ValueObject } from '../values.js';
import { cacheOverlays } from './overlay-aws-cache.js';
import { databaseOverlays } from './overlay-aws-database.js';
import { eksOverlays } from './overlay-aws-eks.js';
import { endpointOverlays } from './overlay-aws-endpoint.js';
import { gatewayOverlays } from './overlay-aws-gateway.js';
import { iamOverlays } from './overlay-aws-iam.js';
import { kmsOverlays } from './overlay-aws-kms.js';
import { logOverlays } from './overlay-aws-logs.js';
import { parentAt } from './overlay-aws-parts.js';
import { routeOverlays } from './overlay-aws-route.js';
import { vpcOverlays } from './overlay-aws-vpc.js';
import { s3Overlays } from './overlay-aws-s3.js';
import { secretOverlays } from './overlay-aws-secret.js';
import { serverlessOverlays } from './overlay-aws-cache-serverless.js';
import { launchTemplateOverlays } from './overlay-aws-launch-template.js';
import { arn, randomSuffix, stableHex } from './derived-names.js';
import type { SandboxRun } from '../sandbox-run.js';
import type { Identity, TypeOverlay } from './overlay-type.js';

const vpcOf = (value: ValueObject, run: SandboxRun) =>
  textAt(value, 'vpc_id') ??
  `vpc-${stableHex({ ...run, environmentId: run.accountId }, 17, run.region, 'default-vpc')}`;

const securityGroup: TypeOverlay = {
  forceNew: ['name', 'name_prefix', 'vpc_id', 'description'],
  defaults: { description: 'Managed by Terraform', revoke_rules_on_delete: false },
  names: (value) => ({ name: `${textAt(value, 'name_prefix') ?? 'terraform-'}${randomSuffix(26)}` }),
  identify: (value, run) => {
    const name = textAt(value, 'name');
    if (name === undefined) return undefined;
    const objectId =
      textAt(value, 'id') ?? `sg-${stableHex(run, 17, 'aws_security_group', vpcOf(value, run), name)}`;
    const parent = parentAt(value, 'vpc_id', 'aws_vpc', 'may be elsewhere');
    return { objectId, naturalKey: `${vpcOf(value, run)}/${name}`, name, ...(parent && { parent }) };
  },
  compute: ({ value, run }) => {
    const id = securityGroup.identify?.(value, run)?.objectId ?? '';
    return {
      id,
      arn: arn(run, 'ec2', `security-group/${id}`),
      owner_id: run.accountId,
      vpc_id: vpcOf(value, run),
      region: run.region,
      name_prefix: '',
      ingress: [],
      egress: [],
    };
  },
  faultsOf: (value) => {
    const name = textAt(value, 'name');
    if (name === undefined || (name.length <= 255 && !name.startsWith('sg-'))) return [];
    return [`invalid value for name ("${name}"): at most 255 characters, and not starting with sg-`];
  },
  alreadyExists: (_value, { name, naturalKey }) =>
    `creating Security Group (${name}): operation error EC2: CreateSecurityGroup, https response error StatusCode: 400, ` +
    `InvalidGroup.Duplicate: The security group '${name}' already exists for VPC '${naturalKey?.split('/')[0]}'`,
};

/** What makes two rules of a group the same rule. */
const ruleParts = [
  'security_group_id',
  'ip_protocol',
  'from_port',
  'to_port',
  'cidr_ipv4',
  'cidr_ipv6',
  'prefix_list_id',
  'referenced_security_group_id',
];

function rule(type: string): TypeOverlay {
  const identify = (value: ValueObject, run: SandboxRun): Identity | undefined => {
    const group = textAt(value, 'security_group_id');
    const naturalKey = ruleParts.map((part) => String(lookUp(value, part) ?? '')).join('|');
    const objectId = textAt(value, 'id') ?? `sgr-${stableHex(run, 17, type, naturalKey)}`;
    const parent = group === undefined ? undefined : { type: 'aws_security_group', objectId: group };
    return { objectId, naturalKey, name: objectId, ...(parent && { parent }) };
  };
  return {
    forceNew: ['security_group_id'],
    identify,
    compute: ({ value, run }) => {
      const id = identify(value, run)?.objectId ?? '';
      const ruleArn = arn(run, 'ec2', `security-group-rule/${id}`);
      return { id, security_group_rule_id: id, arn: ruleArn, region: run.region };
    },
    alreadyExists: () =>
      'creating VPC Security Group Rule: operation error EC2, https response error StatusCode: 400, ' +
      'InvalidPermission.Duplicate: the specified rule already exists',
    parentMissing: ({ parent }) =>
      'creating VPC Security Group Rule: operation error EC2, https response error StatusCode: 400, ' +
      `InvalidGroup.NotFound: The security group '${parent?.objectId}' does not exist`,
  };
}

export const awsOverlays: Readonly<Record<string, TypeOverlay>> = {
  ...databaseOverlays,
  ...cacheOverlays,
  ...vpcOverlays,
  ...gatewayOverlays,
  ...routeOverlays,
  ...endpointOverlays,
  ...logOverlays,
  ...iamOverlays,
  ...eksOverlays,
  ...kmsOverlays,
  ...launchTemplateOverlays,
  ...serverlessOverlays,
  ...secretOverlays,
  ...s3Overlays,
  aws_security_group: securityGroup,
  aws_vpc_security_group_ingress_rule: rule('aws_vpc_security_group_ingress_rule'),
  aws_vpc_security_group_egress_rule: rule('aws_vpc_security_group_egress_rule'),
};
