import { TerraformStack, type ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { ServiceConstructProps } from './context.js';
import { genieacsParts, type GenieacsPart } from './spec-genieacs.js';
import { Mongodb } from './mongodb.js';
import { ServiceSecret, secretVariable } from './service-secret.js';
import { Service } from './service.js';

/** GenieACS: four processes on one MongoDB. Devices reach CWMP and the file server; the backend reaches the northbound interface, which
 *  asks nobody for a password; the page is for the tunnel alone, for its first visitor becomes its administrator. */
export class Genieacs extends Construct {
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { context }: ServiceConstructProps) {
    super(scope, id);
    const { services, load_balancer: loadBalancer } = context.spec;
    const { genieacs } = services;
    const stack = TerraformStack.of(this);
    const password = secretVariable(stack, 'mongodb_password', 'Password of MongoDB').stringValue;
    const secret = new ServiceSecret(this, '$secret', {
      context,
      name: 'genieacs',
      data: {
        MONGODB_PASSWORD: password,
        // The engine's secrets are letters and digits: nothing to escape in an address.
        GENIEACS_MONGODB_CONNECTION_URL: `mongodb://genieacs:${password}@mongodb:27017/genieacs?authSource=admin`,
        GENIEACS_UI_JWT_SECRET: secretVariable(
          stack,
          'genieacs_jwt_secret',
          'Key that GenieACS signs sessions with',
        ).stringValue,
      },
    });
    const mongodb = new Mongodb(this, 'mongodb', { context, secret });
    const parts = Object.keys(genieacsParts) as GenieacsPart[];
    this.ready = parts.flatMap((part) => {
      const { port } = genieacsParts[part];
      const size = context.sizing.genieacs[part];
      const name = `genieacs-${part}`;
      const open = part === 'cwmp' || part === 'fs';
      return new Service(this, part, {
        context,
        pod: 'genieacs',
        ...(size ? { size } : {}),
        name,
        image: genieacs.image,
        command: [`/opt/genieacs/dist/bin/${name}`],
        ports: [{ name: 'http', port }],
        ...(open
          ? { loadBalancer: { sourceRanges: genieacs.cpe_cidrs, annotations: loadBalancer.annotations } }
          : {}),
        health: { kind: 'tcp', port },
        userId: '999',
        readOnlyRoot: true,
        scratchPaths: ['/tmp'],
        env: { [`GENIEACS_${part.toUpperCase()}_WORKER_PROCESSES`]: '1' },
        secretEnv: secret.env(
          'GENIEACS_MONGODB_CONNECTION_URL',
          ...(part === 'ui' ? ['GENIEACS_UI_JWT_SECRET'] : []),
        ),
        dependsOn: [secret.resource, ...mongodb.ready],
      }).ready;
    });
  }
}
