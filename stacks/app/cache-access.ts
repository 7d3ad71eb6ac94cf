/** What a tenant's user may not do on a shared Valkey server, although it asks for no key: see the names of other tenants' keys, drop
 *  or swap whole databases, run or replace server-side code of others. `info` stays: queue libraries read the version there.
 *  Source: valkey.io, "ACL". */
export const sharedUserCommands = [
  '+@all',
  '-@admin',
  '-@dangerous',
  '-scan',
  '-randomkey',
  '-dbsize',
  '-pubsub',
  '-function',
  '-fcall',
  '-fcall_ro',
  '-script',
  '+script|load',
  '+script|exists',
  '+info',
] as const;

/** A script for `sh` that makes the user of an environment on a shared server, the same however often it runs, and keeps it over a
 *  restart. Takes CACHE_HOST, CACHE_PORT, CACHE_ADMINISTRATOR, REDISCLI_AUTH (the administrator's password), TENANT_USER,
 *  TENANT_PREFIX, TENANT_PASSWORD; passwords are never arguments of a process. */
export function accessScript(tls: boolean): string {
  const client = `valkey-cli -e -h "$CACHE_HOST" -p "$CACHE_PORT"${tls ? ' --tls' : ''} --user "$CACHE_ADMINISTRATOR"`;
  const rules = sharedUserCommands.map((rule) => `'${rule}'`).join(' ');
  return [
    'set -eu',
    `printf '>%s' "$TENANT_PASSWORD" | ${client} -x ACL SETUSER "$TENANT_USER" reset on "~$TENANT_PREFIX*" "&$TENANT_PREFIX*" ${rules}`,
    `${client} ACL SAVE`,
  ].join('\n');
}
