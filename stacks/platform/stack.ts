import { TerraformVariable } from 'cdktf';
import type { Construct } from 'constructs';
import { partitionOf } from '../../src/spec/partition.js';
import type { StackInput } from '../../src/spec/stack-input.js';
import { cacheSizes, databaseSizes } from '../../src/spec/sizes.js';
import { Bucket } from '../aws/bucket.js';
import { ElasticacheGroup } from '../aws/elasticache-group.js';
import { EncryptionKey } from '../aws/encryption-key.js';
import { RdsDatabase } from '../aws/rds-database.js';
import type { CacheConnection, DatabaseConnection } from '../connection.js';
import { EnvironmentStack } from '../environment-stack.js';
import { literal } from '../literal.js';
import { Application } from './application.js';
import { ApplicationRole } from './application-role.js';
import { Baseline } from './baseline.js';
import { baselineCharts } from './baseline-charts.js';
import { Cluster, type ClusterPlace } from './cluster.js';
import { platformNames, type PlatformContext } from './context.js';
import { ExistingCluster } from './existing-cluster.js';
import { givenNetwork, Network, type NetworkPlace } from './network.js';
import { Outputs } from './outputs.js';
import { Cloud, ClusterLogin } from './providers.js';
import { platformSpecV1 } from './spec.js';
import { askedCharts } from './spec-baseline.js';

export interface PlatformStackProps {
  readonly input: StackInput;
}

/** The stack of `platform@1` for an input. */
export function build(scope: Construct, input: StackInput): PlatformStack {
  return new PlatformStack(scope, 'environment', { input });
}

interface Ground {
  readonly keyArn: string;
  readonly network: NetworkPlace;
  readonly cluster: ClusterPlace;
}

/** Blueprint `platform@1`: network, cluster, data services and charts in the customer's account. Throws ZodError on a wrong spec. */
export class PlatformStack extends EnvironmentStack {
  private readonly context: PlatformContext;

  constructor(scope: Construct, id: string, { input }: PlatformStackProps) {
    super(scope, id);
    const context = contextOf(input);
    this.context = context;
    const { spec } = context;
    const ground = this.ground();
    const { network, cluster, keyArn } = ground;
    const database = this.database(ground);
    const cache = this.cache(ground);
    const bucket = this.bucket(keyArn);
    const role = new ApplicationRole(this, 'app-role', {
      context,
      cluster,
      keyArn,
      bucket,
      secretArn: database?.secretArn,
    });
    const charts = askedCharts(spec);
    const objects = spec.release !== undefined || charts.some((name) => baselineCharts[name].podSecurity);
    if (objects || charts.length > 0) new ClusterLogin(this, '$login', { context, cluster, objects });
    const baseline = new Baseline(this, 'baseline', {
      context,
      cluster,
      keyArn,
      secretArn: database?.secretArn,
      publicSubnets: network.publicSubnetIds.length > 0,
    });
    const application =
      spec.release &&
      new Application(this, 'app', {
        context,
        release: spec.release,
        roleArn: role.arn,
        database,
        cache,
        bucket: bucket?.name,
        dependsOn: [...cluster.ready, ...baseline.ready],
      });
    new Outputs(this, '$outputs', {
      values: {
        vpc_id: network.vpcId,
        cluster_name: cluster.name,
        cluster_endpoint: cluster.endpoint,
        kubeconfig_command: `aws eks update-kubeconfig --region ${input.region} --name ${cluster.name}`,
        app_role_arn: role.arn,
        database_host: database?.host,
        database_port: database?.port,
        database_name: database?.name,
        database_user: database?.user,
        database_secret_arn: database?.secretArn,
        cache_host: cache?.host,
        cache_port: cache?.port,
        cache_url: cache?.url,
        bucket_name: bucket?.name,
        endpoint_url: application?.url,
        release_status: application?.status,
      },
      secret: ['cache_url'],
    });
  }

  private ground(): Ground {
    const { context } = this;
    const { input, spec, names, partition } = context;
    new Cloud(this, '$cloud', { context });
    const { arn: keyArn } = new EncryptionKey(this, 'key', {
      name: names.base,
      partition,
      accountId: input.cloud_account_id,
      region: input.region,
    });
    const network = givenNetwork(context) ?? new Network(this, 'network', { context, keyArn });
    const { existing } = spec.cluster;
    const cluster = existing
      ? new ExistingCluster(this, 'cluster', { context, existing })
      : new Cluster(this, 'cluster', { context, network, keyArn });
    return { keyArn, network, cluster };
  }

  private database({ network, keyArn }: Ground): DatabaseConnection | undefined {
    const { spec, names } = this.context;
    const { database } = spec;
    if (database === undefined) return undefined;
    return new RdsDatabase(this, 'database', {
      name: names.database,
      network: dataNetwork(network),
      settings: {
        engine: 'postgres',
        version: database.version,
        instanceClass: databaseSizes[database.size].instance,
        storageGb: database.storage_gb,
        ...(database.max_storage_gb ? { maxStorageGb: database.max_storage_gb } : {}),
        multiAz: database.multi_az,
        backupDays: database.backup_days,
        deletionProtection: database.deletion_protection,
        finalSnapshot: database.final_snapshot,
        kmsKeyArn: keyArn,
      },
    });
  }

  private cache({ network, keyArn }: Ground): CacheConnection | undefined {
    const { spec, names } = this.context;
    if (spec.cache === undefined) return undefined;
    const password = new TerraformVariable(this, 'cache_password', {
      type: 'string',
      sensitive: true,
      nullable: false,
      description: 'Password of the cache',
    });
    return new ElasticacheGroup(this, 'cache', {
      name: names.cache,
      network: dataNetwork(network),
      password,
      settings: {
        nodeType: cacheSizes[spec.cache.size].instance,
        replicas: spec.cache.ha ? 1 : 0,
        kmsKeyArn: keyArn,
      },
    });
  }

  private bucket(keyArn: string): Bucket | undefined {
    const { spec, names, partition } = this.context;
    const { bucket } = spec;
    if (bucket === undefined) return undefined;
    return new Bucket(this, 'bucket', {
      name: names.bucket,
      partition,
      keyArn,
      versioning: bucket.versioning,
      expireDays: bucket.expire_days,
      deleteObjects: bucket.delete_objects,
    });
  }
}

function dataNetwork({ vpcId, vpcCidr, privateSubnetIds }: NetworkPlace) {
  return { vpcId, vpcCidr, subnetIds: privateSubnetIds };
}

function contextOf(input: StackInput): PlatformContext {
  const spec = platformSpecV1.parse(input.spec);
  return {
    input: literal(input),
    spec: literal(spec),
    names: platformNames(input, spec),
    partition: partitionOf(input.region),
  };
}
