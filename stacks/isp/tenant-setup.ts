import { TerraformStack, type ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { commonLabels } from '../app/context.js';
import { OneOffJob } from '../kubernetes/one-off-job.js';
import { resourcesOf, sizeOf, type ServiceConstructProps } from './context.js';
import { DatabaseJob } from './database-job.js';
import { ServiceSecret, secretVariable } from './service-secret.js';

/** The tenant and its first user; may be run again and again, and gives the user the password that the engine holds. */
export const tenantSql = `\\getenv tenant_id TENANT_ID
\\getenv tenant_slug TENANT_SLUG
\\getenv admin_user ADMIN_USER
\\getenv admin_email ADMIN_EMAIL
\\getenv admin_password ADMIN_PASSWORD
begin;
create schema if not exists terrace;
create extension if not exists pgcrypto;
create table if not exists terrace.tenant (
  tenant_id text primary key, slug text not null, created_at timestamptz not null default now());
create table if not exists terrace.tenant_user (
  user_name text primary key, email text, password_hash text not null, role text not null,
  created_at timestamptz not null default now());
insert into terrace.tenant (tenant_id, slug) values (:'tenant_id', :'tenant_slug')
  on conflict (tenant_id) do update set slug = excluded.slug;
insert into terrace.tenant_user (user_name, email, password_hash, role)
  values (:'admin_user', nullif(:'admin_email', ''), crypt(:'admin_password', gen_salt('bf', 10)), 'admin')
  on conflict (user_name) do update
  set email = excluded.email, password_hash = excluded.password_hash, role = excluded.role;
commit;
`;

/** The beginning of the tenant's database and its first user, by a job that ends before frontend and backend start. */
export class TenantSetup extends Construct {
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { context, dependsOn }: ServiceConstructProps) {
    super(scope, id);
    const { setup, backend } = context.spec;
    const secret = new ServiceSecret(this, '$secret', {
      context,
      name: 'tenant-setup',
      data: {
        ADMIN_PASSWORD: secretVariable(
          TerraformStack.of(this),
          'admin_password',
          'Password of the first user of the application',
        ).stringValue,
      },
    });
    const env = { ADMIN_USER: setup.admin_user, ADMIN_EMAIL: setup.admin_email ?? '' };
    const job =
      setup.command === undefined
        ? new DatabaseJob(this, '$job', {
            context,
            name: 'tenant-setup',
            sql: tenantSql,
            secret,
            env,
            timeoutSeconds: setup.timeout_seconds,
            dependsOn,
          })
        : new OneOffJob(this, '$job', {
            namespace: context.namespace,
            name: 'tenant-setup',
            labels: commonLabels(context.app),
            image: backend.image,
            command: setup.command,
            configMaps: ['app-environment'],
            secrets: ['app-secrets', secret.secretName],
            env,
            definition: env,
            resources: resourcesOf(sizeOf(context, 'backend')),
            scratchPaths: ['/tmp'],
            serviceAccount: 'app',
            timeoutSeconds: setup.timeout_seconds,
            dependsOn: [...context.walls, secret.resource, ...dependsOn],
          });
    this.ready = job.ready;
  }
}
