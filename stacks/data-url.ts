import type { TerraformVariable } from 'cdktf';
import type { DatabaseEngine } from '../src/spec/sizes.js';

/** A password in an address: a Terraform expression, so that the text itself holds no secret. */
const inUrl = (password: TerraformVariable) => `\${urlencode(var.${password.friendlyUniqueId})}`;

export interface DatabaseUrlParts {
  readonly engine: DatabaseEngine;
  readonly user: string;
  readonly password: TerraformVariable;
  readonly host: string;
  readonly port: number;
  readonly name: string;
  /** `require` refuses a server without TLS; `prefer` takes it where the server has it. */
  readonly tls: 'require' | 'prefer';
}

const tlsOptions: Record<DatabaseEngine, Record<DatabaseUrlParts['tls'], string>> = {
  postgres: { require: 'sslmode=require', prefer: 'sslmode=prefer' },
  mysql: { require: 'ssl-mode=REQUIRED', prefer: 'ssl-mode=PREFERRED' },
};

/** Sources: PostgreSQL, "Connection URIs"; MySQL, "Connecting Using URI-Like Connection Strings". */
export function databaseUrl({ engine, user, password, host, port, name, tls }: DatabaseUrlParts): string {
  const scheme = engine === 'postgres' ? 'postgresql' : 'mysql';
  return `${scheme}://${user}:${inUrl(password)}@${host}:${port}/${name}?${tlsOptions[engine][tls]}`;
}

export interface CacheUrlParts {
  /** @default - the server's default user */
  readonly user?: string;
  readonly password: TerraformVariable;
  readonly host: string;
  readonly port: number;
  readonly database: number;
  readonly tls: boolean;
}

/** Source: IANA, URI schemes `redis` and `rediss`. */
export function cacheUrl({ user = '', password, host, port, database, tls }: CacheUrlParts): string {
  return `${tls ? 'rediss' : 'redis'}://${user}:${inUrl(password)}@${host}:${port}/${database}`;
}
