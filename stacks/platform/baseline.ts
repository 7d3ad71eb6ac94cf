import { Release as HelmRelease } from '@cdktf/provider-helm/lib/release/index.js';
import { NamespaceV1 } from '@cdktf/provider-kubernetes/lib/namespace-v1/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { canonicalJson } from '../../src/lib/canonical-json.js';
import { commonLabels } from '../app/context.js';
import { Role } from '../aws/iam-role.js';
import { trustOfServiceAccount } from '../aws/eks-oidc.js';
import { baselineCharts } from './baseline-charts.js';
import type { ClusterPlace } from './cluster.js';
import type { PlatformContext } from './context.js';
import { askedCharts, type BaselineName } from './spec-baseline.js';

export interface BaselineProps {
  readonly context: PlatformContext;
  readonly cluster: ClusterPlace;
  readonly keyArn: string;
  /** Secret of the database. @default - no database */
  readonly secretArn?: string;
  /** Whether the network has subnets of public load balancers. */
  readonly publicSubnets: boolean;
}

/** The charts that every application of a cluster stands on, in exact versions. */
export class Baseline extends Construct {
  readonly ready: readonly ITerraformDependable[];
  private readonly props: BaselineProps;

  constructor(scope: Construct, id: string, props: BaselineProps) {
    super(scope, id);
    this.props = props;
    this.ready = askedCharts(props.context.spec).map((name) => this.release(name));
  }

  private release(name: BaselineName): HelmRelease {
    const { context, cluster, publicSubnets } = this.props;
    const chart = baselineCharts[name];
    const place = new Construct(this, chart.chart);
    const role = name === 'external_secrets' ? this.secretsRole(place) : undefined;
    return new HelmRelease(place, '$release', {
      name: chart.chart,
      namespace: this.namespace(place, name),
      createNamespace: false,
      repository: chart.repository,
      chart: chart.chart,
      version: context.spec.baseline[name].version,
      values: [canonicalJson(chart.values({ publicSubnets, ...(role ? { roleArn: role.arn } : {}) }))],
      atomic: true,
      cleanupOnFail: true,
      maxHistory: 5,
      timeout: 600,
      wait: true,
      waitForJobs: true,
      dependsOn: [...cluster.ready],
    });
  }

  private namespace(place: Construct, name: BaselineName): string {
    const { namespace, podSecurity } = baselineCharts[name];
    if (podSecurity === undefined) return namespace;
    const { context, cluster } = this.props;
    const made = new NamespaceV1(place, '$namespace', {
      metadata: {
        name: namespace,
        labels: { ...commonLabels(context), 'pod-security.kubernetes.io/enforce': podSecurity },
      },
      dependsOn: [...cluster.ready],
    });
    return made.metadata.name;
  }

  /** Reads the secrets of this environment and no others. */
  private secretsRole(place: Construct): Role {
    const { context, cluster, secretArn, keyArn } = this.props;
    const { input, names, partition } = context;
    const secrets = `arn:${partition}:secretsmanager:${input.region}:${input.cloud_account_id}:secret`;
    return new Role(place, '$role', {
      name: `${names.base}-external-secrets`,
      description: 'Reads the secrets of an environment',
      trust: trustOfServiceAccount(cluster.pods, { namespace: 'external-secrets', name: 'external-secrets' }),
      statements: [
        {
          sid: 'OwnSecrets',
          actions: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
          resources: [`${secrets}:*`],
          conditions: {
            StringEquals: { 'aws:ResourceTag/terrace.dev/environment-id': input.environment_id },
          },
        },
        // RDS makes the secret of the database, and gives it tags of its own.
        ...(secretArn
          ? [{ sid: 'DatabaseSecret', actions: ['secretsmanager:GetSecretValue'], resources: [secretArn] }]
          : []),
        {
          sid: 'Decrypt',
          actions: ['kms:Decrypt'],
          resources: [keyArn],
        },
      ],
    });
  }
}
