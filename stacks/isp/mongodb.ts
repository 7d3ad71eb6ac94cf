import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { IspContext } from './context.js';
import { Service } from './service.js';
import type { ServiceSecret } from './service-secret.js';

export interface MongodbProps {
  readonly context: IspContext;
  /** Holds `MONGODB_PASSWORD`. */
  readonly secret: ServiceSecret;
}

/** MongoDB of GenieACS alone, with a volume of its own. */
export class Mongodb extends Construct {
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { context, secret }: MongodbProps) {
    super(scope, id);
    const service = new Service(this, '$service', {
      context,
      pod: 'mongodb',
      name: 'mongodb',
      image: context.spec.services.genieacs.mongodb_image,
      ports: [{ name: 'mongodb', port: 27_017 }],
      health: { kind: 'tcp', port: 27_017 },
      userId: '999',
      readOnlyRoot: true,
      scratchPaths: ['/tmp', '/data/configdb'],
      env: { MONGO_INITDB_ROOT_USERNAME: 'genieacs' },
      secretEnv: { MONGO_INITDB_ROOT_PASSWORD: { secret: secret.secretName, key: 'MONGODB_PASSWORD' } },
      dataPath: '/data/db',
      dependsOn: [secret.resource],
    });
    this.ready = service.ready;
  }
}
