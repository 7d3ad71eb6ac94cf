import { SecretV1 } from '@cdktf/provider-kubernetes/lib/secret-v1/index.js';
import type { ITerraformDependable, TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import { gigabytes } from '../../src/spec/quantity.js';
import type { CacheConnection } from '../connection.js';
import { cacheUrl } from '../data-url.js';
import { commonLabels, type AppContext } from './context.js';
import { valkeyImage, valkeyUserId } from './cache-image.js';
import { DataService } from './data-service.js';
import { cacheSizeOf } from './spec-data-facts.js';

export interface CacheInClusterProps {
  readonly context: AppContext;
  readonly namespace: string;
  readonly password: TerraformVariable;
  readonly dependsOn: readonly ITerraformDependable[];
}

/** Valkey without persistence: a cache, emptied when its pod is replaced. */
export class CacheInCluster extends Construct implements CacheConnection {
  readonly host: string;
  readonly port = 6379;
  readonly database = 0;
  readonly password: string;
  readonly url: string;
  readonly ready: readonly ITerraformDependable[];

  constructor(
    scope: Construct,
    id: string,
    { context, namespace, password, dependsOn }: CacheInClusterProps,
  ) {
    super(scope, id);
    const size = cacheSizeOf(context.spec);
    const secret = new SecretV1(this, '$secret', {
      metadata: { name: 'cache', namespace, labels: commonLabels(context) },
      data: { password: password.stringValue },
    });
    // A quarter of the memory stays free for connections and copies on write.
    const maxMemoryMb = Math.floor(gigabytes(size.memory) * 1024 * 0.75);
    const service = new DataService(this, '$server', {
      context,
      namespace,
      component: 'cache',
      image: valkeyImage,
      port: this.port,
      userId: valkeyUserId,
      cpu: size.cpu,
      memory: size.memory,
      dataPath: '/data',
      args: [
        '--requirepass',
        '$(REDISCLI_AUTH)',
        '--maxmemory',
        `${maxMemoryMb}mb`,
        '--maxmemory-policy',
        'allkeys-lru',
        '--save',
        '',
        '--appendonly',
        'no',
      ],
      env: {},
      passwordVariables: ['REDISCLI_AUTH'],
      secretName: 'cache',
      probe: ['sh', '-c', 'valkey-cli ping | grep -q PONG'],
      dependsOn: [...dependsOn, secret],
    });
    this.host = service.host;
    this.password = password.stringValue;
    this.url = cacheUrl({ password, host: this.host, port: this.port, database: 0, tls: false });
    this.ready = service.ready;
  }
}
