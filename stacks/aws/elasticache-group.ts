import { ElasticacheReplicationGroup } from '@cdktf/provider-aws/lib/elasticache-replication-group/index.js';
import { ElasticacheSubnetGroup } from '@cdktf/provider-aws/lib/elasticache-subnet-group/index.js';
import type { ITerraformDependable, TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import type { CacheConnection } from '../connection.js';
import { cacheUrl } from '../data-url.js';
import { DataSecurityGroup, type DataNetwork } from './data-network.js';

export interface ElasticacheGroupSettings {
  /** Such as `cache.t4g.small`. */
  readonly nodeType: string;
  /** Read replicas; from one on, they take over by themselves and stand in another zone. */
  readonly replicas: number;
  /** Days that a daily snapshot is kept; 0 = none. @default 0 */
  readonly snapshotDays?: number;
  /** @default - the account's own key */
  readonly kmsKeyArn?: string;
}

export interface ElasticacheGroupProps {
  /** Id of the group, at most 40 characters, unique in account and region. */
  readonly name: string;
  readonly settings: ElasticacheGroupSettings;
  readonly network: DataNetwork;
  /** A sensitive variable: the token of every connection. */
  readonly password: TerraformVariable;
}

/** Valkey on ElastiCache: private, encrypted at rest and on the way, with a token; replicas fail over by themselves. */
export class ElasticacheGroup extends Construct implements CacheConnection {
  readonly host: string;
  readonly port = 6379;
  readonly database = 0;
  readonly password: string;
  readonly url: string;
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { name, settings, network, password }: ElasticacheGroupProps) {
    super(scope, id);
    const { nodeType, replicas, snapshotDays = 0, kmsKeyArn } = settings;
    const subnets = new ElasticacheSubnetGroup(this, '$subnets', {
      name,
      description: 'Private subnets of a tenant cache',
      subnetIds: [...network.subnetIds],
    });
    const access = new DataSecurityGroup(this, '$network', {
      name: `${name}-cache`,
      port: this.port,
      network,
    });
    const group = new ElasticacheReplicationGroup(this, '$group', {
      replicationGroupId: name,
      description: 'Cache of a tenant environment',
      engine: 'valkey',
      engineVersion: '8.0',
      parameterGroupName: 'default.valkey8',
      nodeType,
      numCacheClusters: 1 + replicas,
      automaticFailoverEnabled: replicas > 0,
      multiAzEnabled: replicas > 0,
      port: this.port,
      subnetGroupName: subnets.name,
      securityGroupIds: [access.groupId],
      atRestEncryptionEnabled: 'true',
      ...(kmsKeyArn ? { kmsKeyId: kmsKeyArn } : {}),
      transitEncryptionEnabled: true,
      transitEncryptionMode: 'required',
      authToken: password.stringValue,
      snapshotRetentionLimit: snapshotDays,
      autoMinorVersionUpgrade: 'true',
      applyImmediately: true,
    });
    const { port, database } = this;
    this.host = group.primaryEndpointAddress;
    this.password = password.stringValue;
    this.url = cacheUrl({ password, host: this.host, port, database, tls: true });
    this.ready = [group];
  }
}
