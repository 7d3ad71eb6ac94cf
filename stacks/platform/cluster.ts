import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { slug } from '../../src/spec/names.js';
import { sha256 } from '../../src/lib/hash.js';
import { commonTags } from '../app/context.js';
import { Access } from '../aws/eks-access.js';
import { Addon } from '../aws/eks-addon.js';
import { ControlPlane } from '../aws/eks-control-plane.js';
import { NodeGroup, type NodeGroupProps } from '../aws/eks-node-group.js';
import { OidcProvider, trustOfServiceAccount, type PodIdentities } from '../aws/eks-oidc.js';
import { trustOfService } from '../aws/iam-policy.js';
import { Role } from '../aws/iam-role.js';
import type { PlatformContext } from './context.js';
import type { NetworkPlace } from './network.js';
import { gpuDiskGb } from './spec.js';
import { nodes } from './spec-rules.js';
import { clusterProfiles } from './spec-sizes.js';

export interface ClusterProps {
  readonly context: PlatformContext;
  readonly network: NetworkPlace;
  readonly keyArn: string;
}

/** A cluster to deploy to, whether it was made here or given. */
export interface ClusterPlace {
  readonly name: string;
  readonly endpoint: string;
  /** PEM, base64. */
  readonly certificateAuthority: string;
  readonly pods: PodIdentities;
  /** What pods need to run. */
  readonly ready: readonly ITerraformDependable[];
}

const accessPolicies = {
  admin: 'AmazonEKSClusterAdminPolicy',
  admin_view: 'AmazonEKSAdminViewPolicy',
  edit: 'AmazonEKSEditPolicy',
  view: 'AmazonEKSViewPolicy',
} as const;

/** An EKS cluster with its nodes and addons, each with a role of its own. */
export class Cluster extends Construct implements ClusterPlace {
  readonly name: string;
  readonly endpoint: string;
  readonly certificateAuthority: string;
  readonly pods: PodIdentities;
  readonly ready: readonly ITerraformDependable[];
  private readonly props: ClusterProps;

  constructor(scope: Construct, id: string, props: ClusterProps) {
    super(scope, id);
    this.props = props;
    const { context, network, keyArn } = props;
    const { spec, names, partition } = context;
    const { cluster } = spec;
    const plane = new ControlPlane(this, '$control-plane', {
      name: names.base,
      partition,
      version: cluster.version,
      subnetIds: network.privateSubnetIds,
      ...(cluster.endpoint === 'private' ? {} : { publicCidrs: cluster.allowed_cidrs }),
      keyArn,
      logDays: spec.network.log_days,
      deletionProtection: cluster.deletion_protection,
    });
    this.name = plane.name;
    this.endpoint = plane.endpoint;
    this.certificateAuthority = plane.certificateAuthority;
    this.pods = new OidcProvider(this, 'oidc', { issuer: plane.issuer });
    for (const { role_arn: principalArn, level } of cluster.access)
      new Access(
        this,
        `access-${slug(principalArn.split('/').pop() ?? '')}-${sha256(principalArn).slice(0, 6)}`,
        {
          clusterName: this.name,
          principalArn,
          policyArn: `arn:${partition}:eks::aws:cluster-access-policy/${accessPolicies[level]}`,
        },
      );
    // Without network addon no node becomes ready; without nodes the others do not.
    const early = [
      this.addon('vpc-cni', [], { account: 'aws-node', policy: 'AmazonEKS_CNI_Policy' }),
      this.addon('kube-proxy', []),
    ];
    const groups = this.nodeGroups(early.flatMap((one) => one.ready));
    const late = [
      this.addon('coredns', groups),
      this.addon('aws-ebs-csi-driver', groups, {
        account: 'ebs-csi-controller-sa',
        policy: 'service-role/AmazonEBSCSIDriverPolicy',
      }),
    ];
    this.ready = [...groups, ...late.flatMap((one) => one.ready)];
  }

  private addon(
    addon: string,
    dependsOn: readonly ITerraformDependable[],
    needs?: { readonly account: string; readonly policy: string },
  ): Addon {
    const { names, partition } = this.props.context;
    const place = new Construct(this, addon);
    const role =
      needs &&
      new Role(place, '$role', {
        name: `${names.base}-${addon}`,
        description: `Addon ${addon} of an EKS cluster`,
        trust: trustOfServiceAccount(this.pods, { namespace: 'kube-system', name: needs.account }),
        managed: { policy: `arn:${partition}:iam::aws:policy/${needs.policy}` },
      });
    return new Addon(place, '$addon', {
      clusterName: this.name,
      addon,
      ...(role ? { roleArn: role.arn } : {}),
      dependsOn: [...dependsOn, ...(role?.ready ?? [])],
    });
  }

  private nodeGroups(early: readonly ITerraformDependable[]): ITerraformDependable[] {
    const { context, network } = this.props;
    const { spec, names, partition } = context;
    const { profile: size, gpu, version } = spec.cluster;
    const role = new Role(this, 'nodes', {
      name: `${names.base}-nodes`,
      description: 'Nodes of an EKS cluster',
      trust: trustOfService('ec2.amazonaws.com'),
      managed: {
        join: `arn:${partition}:iam::aws:policy/AmazonEKSWorkerNodePolicy`,
        pull: `arn:${partition}:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly`,
      },
    });
    const common = {
      clusterName: this.name,
      version,
      roleArn: role.arn,
      subnetIds: network.privateSubnetIds,
      tags: commonTags(context),
      dependsOn: [...role.ready, ...network.ready, ...early],
    };
    const profile = clusterProfiles[size];
    const general: NodeGroupProps = {
      ...common,
      name: `${names.base}-general`,
      group: 'general',
      instanceType: profile.instance,
      amiType: 'AL2023_x86_64_STANDARD',
      diskGb: profile.diskGb,
      ...nodes(spec),
      labels: { 'terrace.dev/nodes': 'general' },
    };
    const made = [new NodeGroup(this, 'general', general)];
    if (gpu !== undefined)
      made.push(
        new NodeGroup(this, 'gpu', {
          ...common,
          name: `${names.base}-gpu`,
          group: 'gpu',
          instanceType: gpu.instance,
          amiType: 'AL2023_x86_64_NVIDIA',
          diskGb: gpuDiskGb,
          min: gpu.min,
          max: gpu.max,
          labels: { 'terrace.dev/nodes': 'gpu', 'nvidia.com/gpu.present': 'true' },
          taint: { key: 'nvidia.com/gpu', value: 'true', effect: 'NO_SCHEDULE' },
        }),
      );
    return made.flatMap((one) => one.ready);
  }
}
