import { TerraformStack, type ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { ServiceConstructProps } from './context.js';
import { DatabaseJob } from './database-job.js';
import { ServiceIngress, serviceHost } from './service-ingress.js';
import { ServiceSecret, secretVariable } from './service-secret.js';
import { Service } from './service.js';

/** A role and a database of its own on the environment's server; may be run again and again. The owner of the server has to be a member
 *  of the role to give it a database. */
export const netboxSql = `\\getenv password NETBOX_DATABASE_PASSWORD
select 'create role netbox login' where not exists (select from pg_roles where rolname = 'netbox') \\gexec
alter role netbox password :'password';
grant netbox to current_user;
select 'create database netbox owner netbox' where not exists (select from pg_database where datname = 'netbox') \\gexec
revoke connect, temporary on database netbox from public;
`;

/** NetBox on the environment's database server and cache. Its background jobs wait until a worker of the caller's own runs them. */
export class Netbox extends Construct {
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { context, dependsOn }: ServiceConstructProps) {
    super(scope, id);
    const { database, cache, spec } = context;
    const stack = TerraformStack.of(this);
    const secret = new ServiceSecret(this, '$secret', {
      context,
      name: 'netbox',
      data: {
        NETBOX_DATABASE_PASSWORD: secretVariable(stack, 'netbox_database_password', 'Password of role netbox')
          .stringValue,
        SECRET_KEY: secretVariable(stack, 'netbox_secret_key', 'Key that NetBox signs sessions with')
          .stringValue,
        SUPERUSER_PASSWORD: secretVariable(stack, 'netbox_admin_password', 'Password of user admin of NetBox')
          .stringValue,
      },
    });
    const setup = new DatabaseJob(this, 'setup', {
      context,
      name: 'netbox-setup',
      sql: netboxSql,
      secret,
      timeoutSeconds: 300,
      dependsOn,
    });
    const tls = String(spec.cache.mode === 'elasticache');
    const host = serviceHost(context, 'netbox');
    const service = new Service(this, '$service', {
      context,
      pod: 'netbox',
      name: 'netbox',
      image: spec.services.netbox.image,
      ports: [{ name: 'http', port: 8080 }],
      health: { kind: 'http', path: '/login/', port: 8080 },
      // The first start creates the tables.
      startPeriodSeconds: 900,
      userId: '999',
      env: {
        ALLOWED_HOSTS: '*',
        ...(host === undefined ? {} : { CSRF_TRUSTED_ORIGINS: `https://${host}` }),
        DB_HOST: database?.host ?? '',
        DB_PORT: String(database?.port ?? ''),
        DB_NAME: 'netbox',
        DB_USER: 'netbox',
        REDIS_HOST: cache?.host ?? '',
        REDIS_PORT: String(cache?.port ?? ''),
        REDIS_SSL: tls,
        REDIS_DATABASE: '2',
        REDIS_CACHE_HOST: cache?.host ?? '',
        REDIS_CACHE_PORT: String(cache?.port ?? ''),
        REDIS_CACHE_SSL: tls,
        REDIS_CACHE_DATABASE: '3',
        METRICS_ENABLED: 'true',
        LOGIN_REQUIRED: 'true',
        SUPERUSER_NAME: 'admin',
        SUPERUSER_EMAIL: spec.setup.admin_email ?? 'admin@netbox.invalid',
      },
      secretEnv: {
        DB_PASSWORD: { secret: secret.secretName, key: 'NETBOX_DATABASE_PASSWORD' },
        REDIS_PASSWORD: { secret: 'app-secrets', key: 'REDIS_PASSWORD' },
        REDIS_CACHE_PASSWORD: { secret: 'app-secrets', key: 'REDIS_PASSWORD' },
        ...secret.env('SECRET_KEY', 'SUPERUSER_PASSWORD'),
      },
      dataPath: '/opt/netbox/netbox/media',
      dependsOn: [secret.resource, ...setup.ready],
    });
    if (host !== undefined) new ServiceIngress(this, 'ingress', { context, service: 'netbox', host });
    this.ready = service.ready;
  }
}
