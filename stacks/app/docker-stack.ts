import { DockerProvider } from '@cdktf/provider-docker/lib/provider/index.js';
import type { Construct } from 'constructs';
import { Network } from '../docker/network.js';
import { OneOffContainer } from '../docker/one-off-container.js';
import { EnvironmentStack } from '../environment-stack.js';
import type { AppContext } from './context.js';
import { DockerCache } from './docker-cache.js';
import { DockerDatabase } from './docker-database.js';
import { DockerOutputs } from './docker-outputs.js';
import { machineLabels, machineName } from './docker-names.js';
import { dockerPod } from './docker-pod.js';
import { publishedPorts } from './docker-ports.js';
import { DockerWorkloads } from './docker-workloads.js';
import { secretVariable } from './secret-variable.js';
import { openVariables, secretVariables } from './variable-values.js';

export interface DockerStackProps {
  readonly context: AppContext;
}

/** `app@1` on a development machine: data services in a network without a way out, the application in that one and in a second, its
 *  ports on 127.0.0.1. Docker comes from DOCKER_HOST in Terraform's environment. */
export class DockerStack extends EnvironmentStack {
  constructor(scope: Construct, id: string, { context }: DockerStackProps) {
    super(scope, id);
    const { input, spec } = context;
    new DockerProvider(this, 'docker');
    const outside = this.network(context, 'network', { internal: false });
    const inside = this.network(context, 'data', { internal: true });
    const database =
      spec.database.mode === 'none'
        ? undefined
        : new DockerDatabase(this, 'database', {
            context,
            network: inside.name,
            password: secretVariable(this, 'database_password', 'Password of the database'),
          });
    const cache =
      spec.cache.mode === 'none'
        ? undefined
        : new DockerCache(this, 'cache', {
            context,
            network: inside.name,
            password: secretVariable(this, 'cache_password', 'Password of the cache'),
          });
    const serving = spec.workloads.filter(({ port }) => port !== undefined).map(({ name }) => name);
    const ports = publishedPorts({
      environmentId: input.environment_id,
      names: serving,
      given: spec.docker.ports,
    });
    const urls = serving.map((name) => [name, `http://127.0.0.1:${ports.get(name)}`] as const);
    const endpointUrl = urls[0]?.[1];
    const values = {
      context,
      ...(endpointUrl === undefined ? {} : { appUrl: endpointUrl }),
      ...(database ? { database } : {}),
      ...(cache ? { cache } : {}),
    };
    const env = { ...openVariables(values), ...secretVariables(values) };
    const networks = [outside.name, inside.name];
    const data = [...(database?.ready ?? []), ...(cache?.ready ?? [])];
    const migrated =
      spec.migration &&
      new OneOffContainer(this, 'migration', {
        ...dockerPod(spec.migration, env),
        name: machineName(context, 'migration'),
        labels: machineLabels(context, 'migration'),
        networks,
        dependsOn: data,
      });
    new DockerWorkloads(this, 'workload', {
      context,
      networks,
      env,
      ports,
      dependsOn: [...data, ...(migrated?.ready ?? [])],
    });
    new DockerOutputs(this, '$outputs', {
      endpoints: urls,
      ...(database ? { database } : {}),
      ...(cache ? { cache } : {}),
    });
  }

  private network(context: AppContext, id: string, { internal }: { readonly internal: boolean }): Network {
    const name = machineName(context, id);
    return new Network(this, id, { name, labels: machineLabels(context, id), internal });
  }
}
