import { lookUp, textAt, type ValueObject } from '../values.js';
import { arn, host, stableHex, stableUuid } from './derived-names.js';
import {
  byAttribute,
  byAttributes,
  madeAt,
  parentAt,
  prefixedName,
  refusedCall,
} from './overlay-aws-parts.js';
import type { ComputeInput, Computed, Identity, TypeOverlay } from './overlay-type.js';

const defaultVersion = '1.34';

const missing = (doing: string, call: string) => (identity: Identity) =>
  refusedCall(
    doing,
    'EKS',
    call,
    `ResourceNotFoundException: No cluster found for name: ${identity.parent?.objectId}.`,
  );

/** What lives in a cluster, found by attributes joined to its import id. */
const inCluster =
  (attribute: string, separator = ':') =>
  (value: ValueObject): Identity | undefined => {
    const identity = byAttributes(value, ['cluster_name', attribute], separator);
    const parent = parentAt(value, 'cluster_name', 'aws_eks_cluster');
    return identity && { ...identity, parent };
  };

function clusterValues({ value, run }: ComputeInput): Readonly<Record<string, Computed>> {
  const name = textAt(value, 'name') ?? '';
  const mark = stableHex(run, 32, 'aws_eks_cluster', name).toUpperCase();
  const authority = '-----BEGIN CERTIFICATE-----\nsandbox\n-----END CERTIFICATE-----\n';
  return {
    id: name,
    arn: arn(run, 'eks', `cluster/${name}`),
    'access_config.authentication_mode': 'CONFIG_MAP',
    certificate_authority: [{ data: Buffer.from(authority).toString('base64') }],
    'compute_config.enabled': false,
    'control_plane_scaling_config.tier': 'standard',
    created_at: madeAt,
    deletion_protection: false,
    endpoint: `https://${host(run, 'eks', mark.toLowerCase(), 'gr7')}`,
    identity: [{ oidc: [{ issuer: `https://${host(run, 'eks', 'oidc')}/id/${mark}` }] }],
    'kubernetes_network_config.ip_family': 'ipv4',
    'kubernetes_network_config.service_ipv4_cidr': '172.20.0.0/16',
    'kubernetes_network_config.elastic_load_balancing.enabled': false,
    platform_version: 'eks.1',
    region: run.region,
    status: 'ACTIVE',
    'storage_config.block_storage.enabled': false,
    'upgrade_policy.support_type': 'EXTENDED',
    version: defaultVersion,
    'vpc_config.cluster_security_group_id': `sg-${stableHex(run, 17, 'cluster-sg', name)}`,
    'vpc_config.public_access_cidrs': ['0.0.0.0/0'],
    'vpc_config.vpc_id': `vpc-${stableHex(run, 17, 'cluster-vpc', name)}`,
  };
}

const cluster: TypeOverlay = {
  forceNew: [
    'access_config.bootstrap_cluster_creator_admin_permissions',
    'bootstrap_self_managed_addons',
    'encryption_config.provider.key_arn',
    'encryption_config.resources',
    'kubernetes_network_config.ip_family',
    'kubernetes_network_config.service_ipv4_cidr',
    'name',
    'outpost_config.control_plane_instance_type',
    'outpost_config.outpost_arns',
    'role_arn',
  ],
  defaults: {
    'access_config.bootstrap_cluster_creator_admin_permissions': true,
    bootstrap_self_managed_addons: true,
    'vpc_config.endpoint_private_access': false,
    'vpc_config.endpoint_public_access': true,
  },
  identify: byAttribute('name'),
  compute: clusterValues,
  faultsOf: (value) => {
    const name = textAt(value, 'name');
    if (name === undefined || /^[0-9A-Za-z][\w-]{0,99}$/.test(name)) return [];
    return [`name "${name}": at most 100 letters, digits, hyphens and underscores`];
  },
  refuseDelete: (value) =>
    value['deletion_protection'] === true
      ? `deleting EKS Cluster (${textAt(value, 'name')}): InvalidRequestException: deletion protection is enabled`
      : undefined,
  alreadyExists: (_value, { name }) =>
    refusedCall(
      `creating EKS Cluster (${name})`,
      'EKS',
      'CreateCluster',
      `ResourceInUseException: Cluster already exists with name: ${name}`,
    ),
  heldBy: {
    types: ['aws_eks_node_group'],
    refusal: ({ name }) =>
      refusedCall(
        `deleting EKS Cluster (${name})`,
        'EKS',
        'DeleteCluster',
        'ResourceInUseException: Cluster has nodegroups attached',
      ),
  },
};

const nodeGroup: TypeOverlay = {
  forceNew: [
    'ami_type',
    'capacity_type',
    'cluster_name',
    'disk_size',
    'instance_types',
    'launch_template.id',
    'launch_template.name',
    'node_group_name',
    'node_group_name_prefix',
    'node_role_arn',
    'remote_access.ec2_ssh_key',
    'remote_access.source_security_group_ids',
    'subnet_ids',
  ],
  names: (value) => ({
    node_group_name: prefixedName({ name_prefix: value['node_group_name_prefix'] }).name,
  }),
  identify: inCluster('node_group_name'),
  compute: ({ value, run }) => {
    const name = textAt(value, 'node_group_name') ?? '';
    const clusterName = textAt(value, 'cluster_name') ?? '';
    const mark = stableUuid(run, 'aws_eks_node_group', clusterName, name);
    return {
      id: `${clusterName}:${name}`,
      ami_type: 'AL2023_x86_64_STANDARD',
      arn: arn(run, 'eks', `nodegroup/${clusterName}/${name}/${mark}`),
      capacity_type: 'ON_DEMAND',
      disk_size: lookUp(value, 'launch_template') === undefined ? 20 : 0,
      instance_types: ['t3.medium'],
      'launch_template.id': `lt-${stableHex(run, 17, 'launch-template', mark)}`,
      'launch_template.name': `eks-${mark}`,
      node_group_name_prefix: '',
      region: run.region,
      release_version: `${textAt(value, 'version') ?? defaultVersion}.0-20260101`,
      resources: [
        { autoscaling_groups: [{ name: `eks-${name}-${mark}` }], remote_access_security_group_id: '' },
      ],
      status: 'ACTIVE',
      version: defaultVersion,
    };
  },
  faultsOf: (value) => {
    const size = (name: string) => lookUp(value, `scaling_config.${name}`);
    const [least, wanted, most] = [size('min_size'), size('desired_size'), size('max_size')];
    if (typeof least !== 'number' || typeof wanted !== 'number' || typeof most !== 'number') return [];
    return least <= wanted && wanted <= most && most >= 1
      ? []
      : [`scaling_config: min_size ${least} <= desired_size ${wanted} <= max_size ${most} is required`];
  },
  alreadyExists: (value, { name }) =>
    refusedCall(
      `creating EKS Node Group (${textAt(value, 'cluster_name')}:${name})`,
      'EKS',
      'CreateNodegroup',
      `ResourceInUseException: NodeGroup already exists with name ${name}`,
    ),
  parentMissing: missing('creating EKS Node Group', 'CreateNodegroup'),
};

const addon: TypeOverlay = {
  forceNew: ['addon_name', 'cluster_name'],
  identify: inCluster('addon_name'),
  compute: ({ value, run }) => {
    const name = textAt(value, 'addon_name') ?? '';
    const clusterName = textAt(value, 'cluster_name') ?? '';
    return {
      id: `${clusterName}:${name}`,
      addon_version: 'v1.0.0-eksbuild.1',
      arn: arn(run, 'eks', `addon/${clusterName}/${name}/${stableUuid(run, clusterName, name)}`),
      configuration_values: '',
      created_at: madeAt,
      modified_at: madeAt,
      region: run.region,
    };
  },
  alreadyExists: (value, { name }) =>
    refusedCall(
      `creating EKS Add-On (${textAt(value, 'cluster_name')}:${name})`,
      'EKS',
      'CreateAddon',
      'ResourceInUseException: Addon already exists.',
    ),
  parentMissing: missing('creating EKS Add-On', 'CreateAddon'),
};

const accessEntry: TypeOverlay = {
  forceNew: ['cluster_name', 'principal_arn', 'type'],
  defaults: { type: 'STANDARD' },
  identify: inCluster('principal_arn'),
  compute: ({ value, run }) => {
    const principal = textAt(value, 'principal_arn') ?? '';
    const clusterName = textAt(value, 'cluster_name') ?? '';
    const own = `access-entry/${clusterName}/${principal.split(':').slice(4).join('/')}`;
    return {
      id: `${clusterName}:${principal}`,
      access_entry_arn: arn(run, 'eks', `${own}/${stableUuid(run, own)}`),
      created_at: madeAt,
      kubernetes_groups: [],
      modified_at: madeAt,
      region: run.region,
      user_name: principal,
    };
  },
  alreadyExists: () =>
    refusedCall(
      'creating EKS Access Entry',
      'EKS',
      'CreateAccessEntry',
      'ResourceInUseException: The specified access entry resource is already in use on this cluster.',
    ),
  parentMissing: missing('creating EKS Access Entry', 'CreateAccessEntry'),
};

export const eksOverlays: Readonly<Record<string, TypeOverlay>> = {
  aws_eks_cluster: cluster,
  aws_eks_node_group: nodeGroup,
  aws_eks_addon: addon,
  aws_eks_access_entry: accessEntry,
  aws_eks_access_policy_association: {
    forceNew: ['access_scope.namespaces', 'access_scope.type', 'cluster_name', 'policy_arn', 'principal_arn'],
    identify: (value) => {
      const identity = byAttributes(value, ['cluster_name', 'principal_arn', 'policy_arn'], '#');
      const entry = byAttributes(value, ['cluster_name', 'principal_arn'], ':')?.objectId;
      if (identity === undefined || entry === undefined) return undefined;
      return { ...identity, parent: { type: 'aws_eks_access_entry', objectId: entry, mayBeElsewhere: true } };
    },
    compute: ({ value, run }) => ({
      id: byAttributes(value, ['cluster_name', 'principal_arn', 'policy_arn'], '#')?.objectId,
      associated_at: madeAt,
      modified_at: madeAt,
      region: run.region,
    }),
  },
};
