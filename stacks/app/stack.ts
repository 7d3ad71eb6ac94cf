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
import { Ingress } from './ingress.js';
import { Migration } from './migration.js';
import { Namespace } from './namespace.js';
import { Network } from './network.js';
import { Outputs } from './outputs.js';
import { Providers } from './providers.js';
import { Quota } from './quota.js';
import { Release } from './release.js';
import { Variables } from './variables.js';

export interface AppStackProps {
  readonly input: StackInput;
}

/** The stack of `app@1` for an input. */
export function build(scope: Construct, input: StackInput): AppStack {
  return new AppStack(scope, 'environment', { input });
}

/** Blueprint `app@1`: one application of one tenant in one namespace, with its data services. Throws ZodError on a wrong spec. */
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
    const release =
      context.spec.release &&
      new Release(this, 'app', {
        context,
        namespace,
        release: context.spec.release,
        variables,
        serviceAccount: 'app',
        dependsOn,
      });
    new AppWorkloads(this, 'workload', { ...pod, namespace, dependsOn });
    const host = publicHost(context);
    const ingress =
      context.spec.ingress && host
        ? new Ingress(this, 'ingress', { context, namespace, ingress: context.spec.ingress, host })
        : undefined;
    new Outputs(this, '$outputs', {
      namespace,
      endpointUrl: ingress?.url,
      database,
      cache,
      releaseStatus: release?.status,
    });
    this.context = context;
    this.namespace = namespace;
    this.walls = walls;
    this.variables = variables;
    this.database = database;
    this.cache = cache;
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
