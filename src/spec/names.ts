import { z } from 'zod';
import { sha256 } from '../lib/hash.js';
import { namedTexts } from './texts.js';

/** A Kubernetes name as a DNS label (RFC 1123) that starts with a letter, so that AWS takes it too. */
const label = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const reserved = /^(?:default|kube-.*|terrace-.*)$/;

/** A namespace that a caller may choose. */
export const namespaceName = z
  .string()
  .regex(label, {
    error:
      'must be 1 to 63 lower-case letters, digits or hyphens, start with a letter and end with a letter or digit',
  })
  .refine((name) => !reserved.test(name), {
    error: 'is reserved; names "default", "kube-..." and "terrace-..." are taken',
  });

/** A short name of a thing inside an environment: a service, a release, a rule. */
export const shortName = z.string().regex(/^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/, {
  error:
    'must be 1 to 40 lower-case letters, digits or hyphens, start with a letter and end with a letter or digit',
});

/** The name of an environment, unique within its tenant. */
export const environmentName = shortName;

const hostForm =
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*\.[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/;

/** A fully qualified host name in lower case (RFC 1123), without port and wildcard. */
export const hostName = z
  .string()
  .regex(hostForm, { error: 'must be a host name in lower case, such as "app.example.com"' });

/** Labels of an environment: usable as Kubernetes annotations and AWS tags as they are. */
export const labels = namedTexts(
  z.string().regex(/^[a-z0-9](?:[a-z0-9_.-]{0,61}[a-z0-9])?$/, {
    error: 'label names must be 1 to 63 lower-case letters, digits, ".", "_" or "-"',
  }),
  z.string().regex(/^(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/, {
    error:
      'label values must be at most 63 letters, digits, ".", "_" or "-", and begin and end with a letter or digit',
  }),
).refine((given) => Object.keys(given).length <= 20, { error: 'at most 20 labels' });

/** Any text as lower-case letters, digits and single hyphens, starting with a letter; `x` when nothing of it is usable. */
export function slug(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  if (plain === '') return 'x';
  return /^[a-z]/.test(plain) ? plain : `x${plain}`;
}

export interface EnvironmentIdentity {
  readonly environment_id: string;
  readonly environment_name: string;
  readonly tenant_slug: string;
}

/** A name from tenant, environment and the environment's id: the same for ever, unique by its id, within `maxLength`.
 *  Form `<tenant>-<environment>-<8 hex>`, valid for Kubernetes, RDS and ElastiCache; `maxLength` at least 12. */
export function stableName(identity: EnvironmentIdentity, maxLength: number): string {
  const tail = stableNameTail(identity.environment_id);
  const room = maxLength - tail.length - 1;
  const tenant = tenantPart(identity.tenant_slug);
  const environment = slug(identity.environment_name);
  const tenantRoom = Math.max(room - environment.length - 1, Math.floor(room / 2));
  const head = `${tenant.slice(0, tenantRoom)}-${environment}`
    .replace(/-+/g, '-')
    .slice(0, room)
    .replace(/-+$/, '');
  return `${head}-${tail}`;
}

/** What each `stableName` of an environment ends with. */
export function stableNameTail(environmentId: string): string {
  return sha256(environmentId).slice(0, 8);
}

function tenantPart(tenantSlug: string): string {
  // Services keep names that begin so for themselves (security groups "sg-", buckets "xn--").
  return slug(tenantSlug).replace(/^(?=(?:sg|xn|aws|kube|terrace)(?:-|$))/, 'x');
}

/** The least `maxLength` that stacks give a name of a thing at AWS. */
export const shortestName = 40;

/** What each `stableName` of a tenant begins with, if it has room for 40 characters: policies in its accounts go by it. */
export function tenantPrefix(tenantSlug: string): string {
  const tenant = tenantPart(tenantSlug);
  const sure = Math.floor((shortestName - 9) / 2);
  return tenant.length <= sure ? `${tenant}-` : tenant.slice(0, sure).replace(/-+$/, '');
}

export interface EnvironmentNames {
  /** Kubernetes namespace, at most 63. */
  readonly namespace: string;
  /** RDS identifier, subnet and parameter group, security groups: at most 55, room for a suffix within 63. */
  readonly database: string;
  /** ElastiCache replication group, at most 40 (AWS, CreateReplicationGroup). */
  readonly cache: string;
  /** Role and schema on a shared PostgreSQL server, at most 63: letters, digits and `_`, so that nobody has to quote it. */
  readonly schema: string;
}

/** Every name that an environment's things have outside of Terraform. Pure: the same identity gives the same names. */
export function environmentNames(identity: EnvironmentIdentity): EnvironmentNames {
  return {
    namespace: stableName(identity, 63),
    database: stableName(identity, 48),
    cache: stableName(identity, 40),
    schema: stableName(identity, 63).replaceAll('-', '_'),
  };
}
