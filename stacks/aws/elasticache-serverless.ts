import { ElasticacheServerlessCache } from '@cdktf/provider-aws/lib/elasticache-serverless-cache/index.js';
import { ElasticacheUserGroup } from '@cdktf/provider-aws/lib/elasticache-user-group/index.js';
import { ElasticacheUser } from '@cdktf/provider-aws/lib/elasticache-user/index.js';
import type { ITerraformDependable, TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import type { CacheConnection } from '../connection.js';
import { cacheUrl } from '../data-url.js';
import { DataSecurityGroup, type DataNetwork } from './data-network.js';

export interface ElasticacheServerlessSettings {
  /** Most data in GB. */
  readonly maxDataGb: number;
  /** Most processing units a second. */
  readonly maxEcpuPerSecond: number;
  /** Days that a daily snapshot is kept; 0 = none. @default 0 */
  readonly snapshotDays?: number;
  /** @default - the account's own key */
  readonly kmsKeyArn?: string;
}

export interface ElasticacheServerlessProps {
  /** Name of cache, user and group, at most 40 characters, unique in account and region. */
  readonly name: string;
  readonly settings: ElasticacheServerlessSettings;
  readonly network: DataNetwork;
  /** A sensitive variable: the password of the one user. */
  readonly password: TerraformVariable;
}

/** Valkey on ElastiCache Serverless: private, always encrypted, in several zones by itself. It knows no token: one user with a password
 *  may do all but administer. */
export class ElasticacheServerless extends Construct implements CacheConnection {
  readonly host: string;
  readonly port = 6379;
  readonly database = 0;
  readonly user = 'app';
  readonly password: string;
  readonly url: string;
  readonly ready: readonly ITerraformDependable[];

  constructor(
    scope: Construct,
    id: string,
    { name, settings, network, password }: ElasticacheServerlessProps,
  ) {
    super(scope, id);
    const { maxDataGb, maxEcpuPerSecond, snapshotDays = 0, kmsKeyArn } = settings;
    const user = new ElasticacheUser(this, '$user', {
      userId: name,
      userName: this.user,
      engine: 'valkey',
      accessString: 'on ~* &* +@all -@admin',
      authenticationMode: { type: 'password', passwords: [password.stringValue] },
    });
    const group = new ElasticacheUserGroup(this, '$user-group', {
      userGroupId: name,
      engine: 'valkey',
      userIds: [user.userId],
    });
    const access = new DataSecurityGroup(this, '$network', {
      name: `${name}-cache`,
      port: this.port,
      network,
    });
    const cache = new ElasticacheServerlessCache(this, '$cache', {
      name,
      description: 'Cache of a tenant environment',
      engine: 'valkey',
      majorEngineVersion: '8',
      subnetIds: [...network.subnetIds],
      securityGroupIds: [access.groupId],
      userGroupId: group.userGroupId,
      ...(kmsKeyArn ? { kmsKeyId: kmsKeyArn } : {}),
      cacheUsageLimits: [
        {
          dataStorage: [{ maximum: maxDataGb, unit: 'GB' }],
          ecpuPerSecond: [{ maximum: maxEcpuPerSecond }],
        },
      ],
      snapshotRetentionLimit: snapshotDays,
    });
    this.host = cache.endpoint.get(0).address;
    this.password = password.stringValue;
    const { port, database, host } = this;
    this.url = cacheUrl({ user: this.user, password, host, port, database, tls: true });
    this.ready = [cache];
  }
}
