import { ElasticacheReplicationGroup } from '@cdktf/provider-aws/lib/elasticache-replication-group/index.js';
import { ElasticacheSubnetGroup } from '@cdktf/provider-aws/lib/elasticache-subnet-group/index.js';
import type { ITerraformDependable, TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import { cacheSizes } from '../../src/spec/sizes.js';
import type { Connection } from './connection.js';
import { cachePort, type AppContext } from './context.js';
import { DataSecurityGroup } from './data-security-group.js';

export interface CacheElasticacheProps {
  readonly context: AppContext;
  readonly password: TerraformVariable;
}

/** Valkey on ElastiCache: private, encrypted at rest and on the way, with a token; replicas fail over by themselves. */
export class CacheElasticache extends Construct implements Connection {
  readonly host: string;
  readonly port = cachePort;
  readonly password: string;
  readonly url: string;
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { context, password }: CacheElasticacheProps) {
    super(scope, id);
    const { spec, names } = context;
    const { size, replicas } = spec.cache;
    const subnets = new ElasticacheSubnetGroup(this, '$subnets', {
      name: names.cache,
      description: 'Private subnets of a tenant cache',
      subnetIds: [...spec.network.subnet_ids],
    });
    const network = new DataSecurityGroup(this, '$network', {
      context,
      name: `${names.cache}-cache`,
      port: this.port,
    });
    const group = new ElasticacheReplicationGroup(this, '$group', {
      replicationGroupId: names.cache,
      description: 'Cache of a tenant environment',
      engine: 'valkey',
      engineVersion: '8.0',
      parameterGroupName: 'default.valkey8',
      nodeType: cacheSizes[size].instance,
      numCacheClusters: 1 + replicas,
      automaticFailoverEnabled: replicas > 0,
      multiAzEnabled: replicas > 0,
      port: this.port,
      subnetGroupName: subnets.name,
      securityGroupIds: [network.groupId],
      atRestEncryptionEnabled: 'true',
      transitEncryptionEnabled: true,
      transitEncryptionMode: 'required',
      authToken: password.stringValue,
      autoMinorVersionUpgrade: 'true',
      applyImmediately: true,
    });
    this.host = group.primaryEndpointAddress;
    this.password = password.stringValue;
    this.url = `rediss://:\${urlencode(var.${password.friendlyUniqueId})}@${this.host}:${this.port}/0`;
    this.ready = [group];
  }
}
