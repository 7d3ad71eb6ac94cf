import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import { appSpecV1, type AppSpecV1 } from './spec.js';
import { environmentNames } from '../../src/spec/names.js';
import type { StackInput } from '../../src/spec/stack-input.js';
import { EnvironmentStack } from '../environment-stack.js';
import { literal } from '../literal.js';
import type { CacheConnection, DatabaseConnection } from '../connection.js';
import { AppWorkloads } from './app-workloads.js';
import { publicHost, type AppContext } from './context.js';
import { addCache, addDatabase } from './data-services.js';
import { DockerStack } from './docker-stack.js';
import { GatewayRoute } from './gateway-route.js';
import { Ingress } from './ingress.js';
import { Migration } from './migration.js';
import { Namespace } from './namespace.js';
import { Network } from './network.js';
import { Outputs } from './outputs.js';
import { Providers } from './providers.js';
import { Quota } from './quota.js';
import { ReleaseScaling } from './release-scaling.js';
import { Releases } from './releases.js';
import { ServiceMonitor } from './service-monitor.js';
import { Variables } from './variables.js';

export interface AppStackProps {
  readonly input: StackInput;
}

/** The stack of `app@1` for an input. */
export function build(scope: Construct, input: StackInput): EnvironmentStack {
  if (input.spec['target'] !== 'docker') return new AppStack(scope, 'environment', { input });
  const context = contextOf(input, appSpecV1.parse(input.spec));
  return new DockerStack(scope, 'environment', { context });
}

/** Blueprint `app@1` in a cluster: one application of one tenant in one namespace, with its data services. Throws ZodError on a wrong spec. */
export class AppStack extends EnvironmentStack {
  readonly context: AppContext;
  /** The namespace as a reference. */
  readonly namespace: string;
  /** What has to exist before any pod: quota and network policies. */
  readonly walls: readonly ITerraformDependable[];
  readonly variables: Variables;
  readonly database: DatabaseConnection | undefined;
  readonly cache: CacheConnection | undefined;

  constructor(scope: Construct, id: string, { input }: AppStackProps) {
    super(scope, id);
    const spec = appSpecV1.parse(input.spec);
    const context = contextOf(input, spec);
    new Providers(this, '$providers', { context });
    const { namespace, serviceAccount } = new Namespace(this, 'namespace', { context });
    const quota = new Quota(this, 'quota', { context, namespace });
    const network = new Network(this, 'network', { context, namespace });
    const walls = [...quota.ready, ...network.ready];
    const database = addDatabase(this, { context, namespace, dependsOn: walls });
    const cache = addCache(this, { context, namespace, dependsOn: walls });
    const variables = new Variables(this, 'variables', { context, namespace, database, cache });
    const pod = { context, variables, serviceAccount: 'app', database, cache };
    const base = [
      ...walls,
      serviceAccount,
      ...variables.ready,
      ...(database?.ready ?? []),
      ...(cache?.ready ?? []),
    ];
    const { migration } = context.spec;
    const migrated =
      migration && new Migration(this, 'migration', { ...pod, namespace, migration, dependsOn: base });
    const dependsOn = [...base, ...(migrated?.ready ?? [])];
    const releases = new Releases(this, '$releases', { ...pod, namespace, dependsOn });
    new ReleaseScaling(this, 'scaling', { context, namespace, dependsOn: releases.ready });
    new AppWorkloads(this, 'workload', { ...pod, namespace, dependsOn });
    const address = this.makeAddress(context, namespace);
    if (context.spec.observability.service_monitor)
      new ServiceMonitor(this, 'service-monitor', { context, namespace });
    new Outputs(this, '$outputs', {
      namespace,
      endpointUrl: address?.url,
      database,
      cache,
      releaseStatuses: releases.statuses,
    });
    this.context = context;
    this.namespace = namespace;
    this.walls = walls;
    this.variables = variables;
    this.database = database;
    this.cache = cache;
  }

  private makeAddress(context: AppContext, namespace: string): Ingress | GatewayRoute | undefined {
    const { ingress } = context.spec;
    const host = publicHost(context);
    if (ingress === undefined || host === undefined) return undefined;
    const { gateway } = ingress;
    return gateway === undefined
      ? new Ingress(this, 'ingress', { context, namespace, ingress, host })
      : new GatewayRoute(this, 'ingress', { context, namespace, gateway, host });
  }
}

function contextOf(input: StackInput, spec: AppSpecV1): AppContext {
  const names = environmentNames(input);
  return {
    input: literal(input),
    spec: literal(spec),
    names: { ...names, namespace: spec.namespace ?? names.namespace },
  };
}
