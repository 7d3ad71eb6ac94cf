import type { ITerraformDependable, TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import { gigabytes } from '../../src/spec/quantity.js';
import type { CacheConnection } from '../connection.js';
import { cacheUrl } from '../data-url.js';
import { Container } from '../docker/container.js';
import { valkeyImage, valkeyUserId } from './cache-image.js';
import type { AppContext } from './context.js';
import { machineLabels, machineName } from './docker-names.js';
import { cacheSizeOf } from './spec-data-facts.js';

export interface DockerCacheProps {
  readonly context: AppContext;
  readonly network: string;
  readonly password: TerraformVariable;
}

/** Valkey without persistence: a cache, emptied when its container is replaced. */
export class DockerCache extends Construct implements CacheConnection {
  readonly host = 'cache';
  readonly port = 6379;
  readonly database = 0;
  readonly password: string;
  readonly url: string;
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { context, network, password }: DockerCacheProps) {
    super(scope, id);
    const { host, port, database } = this;
    this.password = password.stringValue;
    this.url = cacheUrl({ password, host, port, database, tls: false });
    const { cpu, memory } = cacheSizeOf(context.spec);
    // A quarter of the memory stays free for connections and copies on write.
    const maxMemoryMb = Math.floor(gigabytes(memory) * 1024 * 0.75);
    const container = new Container(this, '$server', {
      name: machineName(context, 'cache'),
      labels: machineLabels(context, 'cache'),
      image: valkeyImage,
      command: [
        'sh',
        '-c',
        `exec valkey-server --requirepass "$REDISCLI_AUTH" --maxmemory ${maxMemoryMb}mb --maxmemory-policy allkeys-lru --save '' --appendonly no`,
      ],
      env: { REDISCLI_AUTH: password.stringValue },
      userId: valkeyUserId,
      limits: { cpu, memory },
      networks: [network],
      aliases: [host],
      readOnlyRoot: true,
      scratchPaths: ['/data'],
      health: { kind: 'command', command: ['sh', '-c', 'valkey-cli ping | grep -q PONG'] },
    });
    this.ready = container.ready;
  }
}
