/** When an action is allowed. Pure; keys and operators as in AWS, "IAM JSON policy elements: Condition". */
import type { Place } from './resource-kinds.js';

export type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** The tag that says whose a thing is; sessions carry it, too (src/credentials/run-session.ts). */
export const environmentTag = 'terrace.dev/environment-id';

const request = `aws:RequestTag/${environmentTag}`;
const resource = `aws:ResourceTag/${environmentTag}`;
/** Of the session: a session without it matches nothing. */
const ours = `\${aws:PrincipalTag/${environmentTag}}`;

/** Calls of EC2 that make something and give it tags at once. */
export const taggingCalls = [
  'AllocateAddress',
  'AuthorizeSecurityGroupIngress',
  'CreateFlowLogs',
  'CreateInternetGateway',
  'CreateLaunchTemplate',
  'CreateNatGateway',
  'CreateRouteTable',
  'CreateSecurityGroup',
  'CreateSubnet',
  'CreateVpc',
  'CreateVpcEndpoint',
  'RunInstances',
] as const;

/** Policies of AWS that roles of environments get, by name. */
export const attachedPolicies = [
  'AmazonEC2ContainerRegistryPullOnly',
  'AmazonEKSClusterPolicy',
  'AmazonEKSWorkerNodePolicy',
  'AmazonEKS_CNI_Policy',
  'service-role/AmazonEBSCSIDriverPolicy',
] as const;

const plain = (condition: Condition) => () => condition;

export const conditions = {
  /** Only with a pattern of names, or where nothing can be harmed. */
  always: () => undefined,
  /** It is being made, and gets the tag of the session's environment. */
  made: plain({ StringEquals: { [request]: ours } }),
  /** It has the tag of the session's environment. */
  ours: plain({ StringEquals: { [resource]: ours } }),
  /** EC2 tags what it is making. */
  tagged_at_birth: plain({ StringEquals: { [request]: ours, 'ec2:CreateAction': taggingCalls } }),
  /** It gets the tag, and has none of another environment. Needed where a service has no word for "while it is made". */
  tagged: plain({ StringEquals: { [request]: ours }, StringEqualsIfExists: { [resource]: ours } }),
  /** Its other tags change; it is not handed to another environment. */
  retagged: plain({ StringEquals: { [resource]: ours }, StringEqualsIfExists: { [request]: ours } }),
  /** Machines that start from a launch template. */
  from_template: ({ partition, accountId }: Place) => ({
    ArnLike: { 'ec2:LaunchTemplate': `arn:${partition}:ec2:*:${accountId}:launch-template/*` },
  }),
  to_eks: plain({ StringEquals: { 'iam:PassedToService': ['ec2.amazonaws.com', 'eks.amazonaws.com'] } }),
  to_flow_logs: plain({ StringEquals: { 'iam:PassedToService': 'vpc-flow-logs.amazonaws.com' } }),
  service_linked: plain({
    StringEquals: {
      'iam:AWSServiceName': [
        'eks.amazonaws.com',
        'eks-nodegroup.amazonaws.com',
        'elasticache.amazonaws.com',
        'rds.amazonaws.com',
      ],
    },
  }),
  known_policies: ({ partition }: Place) => ({
    StringEquals: { [resource]: ours },
    ArnEquals: {
      'iam:PolicyARN': attachedPolicies.map((name) => `arn:${partition}:iam::aws:policy/${name}`),
    },
  }),
  /** A key that a data service uses for itself; it may be one that the customer named in the spec. */
  through_data_services: plain({
    StringLike: { 'kms:ViaService': ['elasticache.*', 'rds.*', 'secretsmanager.*'] },
  }),
  /** ElastiCache makes the endpoints of serverless caches for its caller. */
  of_elasticache: plain({ StringLike: { 'ec2:VpceServiceName': 'com.amazonaws.elasticache.serverless.*' } }),
  tagged_by_elasticache: plain({
    StringEquals: {
      'ec2:CreateAction': 'CreateVpcEndpoint',
      'aws:RequestTag/AmazonElastiCacheManaged': 'true',
    },
  }),
} as const satisfies Readonly<Record<string, (place: Place) => Condition | undefined>>;

export type When = keyof typeof conditions;
