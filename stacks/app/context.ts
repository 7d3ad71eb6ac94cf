import type { AppSpecV1 } from './spec.js';
import { slug, type EnvironmentNames } from '../../src/spec/names.js';
import type { StackInput } from '../../src/spec/stack-input.js';

/** What every construct of the stack is about: who asked for what. All texts are literal already. */
export interface AppContext {
  readonly input: StackInput;
  readonly spec: AppSpecV1;
  readonly names: EnvironmentNames;
}

/** The label that marks pods of data services; pods without it are the application's. */
export const componentLabel = 'terrace.dev/component';

/** Labels of every Kubernetes object. */
export function commonLabels({ input }: Pick<AppContext, 'input'>): Record<string, string> {
  return {
    'app.kubernetes.io/managed-by': 'terrace',
    'terrace.dev/tenant-id': input.tenant_id,
    'terrace.dev/environment-id': input.environment_id,
    'terrace.dev/blueprint': input.blueprint.replace('@', '-'),
  };
}

/** Tags of every AWS resource; the caller's labels come first, so that they cannot replace ours. */
export function commonTags({ input }: Pick<AppContext, 'input'>): Record<string, string> {
  return {
    ...input.labels,
    'terrace.dev/tenant': slug(input.tenant_slug).slice(0, 200),
    'terrace.dev/tenant-id': input.tenant_id,
    'terrace.dev/environment': slug(input.environment_name).slice(0, 200),
    'terrace.dev/environment-id': input.environment_id,
    'terrace.dev/blueprint': input.blueprint,
  };
}

/** The public host name, or undefined when the environment has no ingress. */
export function publicHost({ spec, names }: AppContext): string | undefined {
  if (spec.ingress === undefined) return undefined;
  const { host, subdomain, base_domain: baseDomain } = spec.ingress;
  return host ?? `${subdomain ?? names.namespace}.${baseDomain}`;
}

/** The tenant's part of the host name; the tenant's slug when there is no ingress. */
export function tenantSubdomain(context: AppContext): string {
  const host = publicHost(context);
  if (host === undefined) return slug(context.input.tenant_slug).slice(0, 63);
  const base = context.spec.ingress?.base_domain;
  return base === undefined ? (host.split('.')[0] ?? host) : host.slice(0, -base.length - 1);
}

export function usesAws({ spec }: AppContext): boolean {
  return spec.database.mode === 'rds' || spec.cache.mode === 'elasticache';
}
