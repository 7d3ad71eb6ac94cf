import { EksNodeGroup } from '@cdktf/provider-aws/lib/eks-node-group/index.js';
import { LaunchTemplate } from '@cdktf/provider-aws/lib/launch-template/index.js';
import { Token, type ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';

export interface NodeGroupProps {
  /** Name of the launch template, at most 128 characters. */
  readonly name: string;
  /** Start of the name within the cluster, at most 36 characters. */
  readonly group: string;
  readonly clusterName: string;
  readonly version: string;
  readonly roleArn: string;
  readonly subnetIds: readonly string[];
  readonly instanceType: string;
  /** Such as `AL2023_x86_64_STANDARD`. */
  readonly amiType: string;
  readonly diskGb: number;
  readonly min: number;
  readonly max: number;
  readonly labels: Readonly<Record<string, string>>;
  /** @default - any pod may run there */
  readonly taint?: { readonly key: string; readonly value: string; readonly effect: string };
  /** Tags of machines and their disks, which default tags do not reach. */
  readonly tags: Readonly<Record<string, string>>;
  readonly dependsOn: readonly ITerraformDependable[];
}

/** Nodes of one kind, managed by EKS: encrypted disks, metadata for the node alone (IMDSv2, one hop). Another type or disk rolls in place. */
export class NodeGroup extends Construct {
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: NodeGroupProps) {
    super(scope, id);
    const { name, tags } = props;
    const template = new LaunchTemplate(this, '$template', {
      name,
      description: 'Nodes of an EKS cluster',
      // Here and not in the group, where another type would mean another group.
      instanceType: props.instanceType,
      updateDefaultVersion: true,
      metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [
        {
          deviceName: '/dev/xvda',
          ebs: {
            volumeSize: props.diskGb,
            volumeType: 'gp3',
            encrypted: 'true',
            deleteOnTermination: 'true',
          },
        },
      ],
      tagSpecifications: ['instance', 'volume', 'network-interface'].map((resourceType) => ({
        resourceType,
        tags: { ...tags, Name: name },
      })),
    });
    const group = new EksNodeGroup(this, '$group', {
      clusterName: props.clusterName,
      nodeGroupNamePrefix: `${props.group}-`,
      nodeRoleArn: props.roleArn,
      subnetIds: [...props.subnetIds],
      version: props.version,
      amiType: props.amiType,
      capacityType: 'ON_DEMAND',
      launchTemplate: { id: template.id, version: Token.asString(template.latestVersion) },
      scalingConfig: { minSize: props.min, desiredSize: props.min, maxSize: props.max },
      updateConfig: { maxUnavailablePercentage: 33 },
      nodeRepairConfig: { enabled: true },
      labels: { ...props.labels },
      ...(props.taint ? { taint: [props.taint] } : {}),
      dependsOn: [...props.dependsOn],
      // Other subnets need another group: pods move to it before the old one goes.
      lifecycle: { createBeforeDestroy: true },
    });
    this.ready = [group];
  }
}
