import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { commonLabels } from '../app/context.js';
import { literal } from '../literal.js';
import { OneOffJob } from '../kubernetes/one-off-job.js';
import type { IspContext } from './context.js';
import type { ServiceSecret } from './service-secret.js';

export interface DatabaseJobProps {
  readonly context: IspContext;
  /** At most 50 characters. */
  readonly name: string;
  /** Statements for psql; may be run again and again. */
  readonly sql: string;
  /** Secret whose every key becomes a variable; psql reads them by `\getenv`. */
  readonly secret: ServiceSecret;
  /** Plain variables. @default - none */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly dependsOn: readonly ITerraformDependable[];
}

export const databaseScript = `export PGHOST="$DATABASE_HOST" PGPORT="$DATABASE_PORT" PGDATABASE="$DATABASE_NAME"
export PGUSER="$DATABASE_USER" PGPASSWORD="$DATABASE_PASSWORD"
printf '%s\\n' "$0" | psql -X -q -v ON_ERROR_STOP=1`;

/** Statements run once on the environment's database by its owner, and again when they change. The password goes by environment,
 *  never by command line. */
export class DatabaseJob extends Construct {
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: DatabaseJobProps) {
    super(scope, id);
    const { context, name, sql, secret } = props;
    const job = new OneOffJob(this, '$job', {
      namespace: context.namespace,
      name,
      labels: commonLabels(context.app),
      image: 'postgres:17.6-bookworm',
      command: ['sh', '-c', databaseScript, literal(sql)],
      configMaps: ['app-environment'],
      secrets: ['app-secrets', secret.secretName],
      env: props.env ?? {},
      definition: props.env,
      resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '150m', memory: '128Mi' } },
      userId: '999',
      readOnlyRoot: true,
      scratchPaths: ['/tmp'],
      serviceAccount: 'app',
      timeoutSeconds: props.timeoutSeconds,
      dependsOn: [...context.walls, secret.resource, ...props.dependsOn],
    });
    this.ready = job.ready;
  }
}
