import { textAt, type ValueObject } from '../values.js';
import type { Identity, TypeOverlay } from './overlay-type.js';

/** Where nothing else is said, objects go into the database and belong to the user that the server was made with. */
const home = 'postgres';

const byName = (value: ValueObject): Identity | undefined => {
  const name = textAt(value, 'name');
  return name === undefined ? undefined : { objectId: name, name };
};

const inDatabase = (value: ValueObject): Identity | undefined => {
  const name = textAt(value, 'name');
  return name === undefined ? undefined : { objectId: `${textAt(value, 'database') ?? home}.${name}`, name };
};

/** All that the provider makes the id of privileges from. */
function privilegesIdentity(value: ValueObject): Identity | undefined {
  const role = textAt(value, 'role');
  if (role === undefined) return undefined;
  const lists = ['objects', 'columns'].flatMap((name) => {
    const held = value[name];
    return Array.isArray(held) ? held.map(String) : [];
  });
  const schema = textAt(value, 'schema') ?? ('owner' in value ? 'noschema' : []);
  const parts = [textAt(value, 'database') ?? [], schema, textAt(value, 'owner') ?? []].flat();
  return { objectId: [role, ...parts, textAt(value, 'object_type'), ...lists].join('_'), name: role };
}

const idOf = (identify: (value: ValueObject) => Identity | undefined) => (input: { value: ValueObject }) => ({
  id: identify(input.value)?.objectId,
});

const existsAlready =
  (kind: string) =>
  (_value: ValueObject, { name }: Identity) =>
    `pq: ${kind} "${name}" already exists`;

/** PostgreSQL servers: one per account and region. */
export const postgresqlOverlays: Readonly<Record<string, TypeOverlay>> = {
  postgresql_role: {
    sensitive: ['password', 'password_wo'],
    writeOnly: ['password_wo'],
    defaults: {
      bypass_row_level_security: false,
      connection_limit: -1,
      create_database: false,
      create_role: false,
      encrypted_password: true,
      inherit: true,
      login: false,
      replication: false,
      skip_drop_role: false,
      skip_reassign_owned: false,
      superuser: false,
      valid_until: 'infinity',
    },
    unknownWhen: { id: ['name'] },
    identify: byName,
    compute: idOf(byName),
    alreadyExists: existsAlready('role'),
  },
  postgresql_schema: {
    forceNew: ['database'],
    defaults: { drop_cascade: false, if_not_exists: true },
    unknownWhen: { id: ['name'] },
    identify: inDatabase,
    compute: (input) => ({ ...idOf(inDatabase)(input), database: home, owner: home }),
    adoptsExisting: (value) => value['if_not_exists'] !== false,
    alreadyExists: existsAlready('schema'),
  },
  postgresql_grant: {
    forceNew: ['columns', 'database', 'object_type', 'objects', 'role', 'schema', 'with_grant_option'],
    defaults: { with_grant_option: false },
    adoptsExisting: () => true,
    identify: privilegesIdentity,
    compute: idOf(privilegesIdentity),
  },
  postgresql_default_privileges: {
    forceNew: ['database', 'object_type', 'owner', 'role', 'schema', 'with_grant_option'],
    defaults: { with_grant_option: false },
    adoptsExisting: () => true,
    identify: privilegesIdentity,
    compute: idOf(privilegesIdentity),
  },
  postgresql_database: {
    forceNew: ['encoding', 'lc_collate', 'lc_ctype', 'template'],
    defaults: { allow_connections: true, alter_object_ownership: false, connection_limit: -1 },
    unknownWhen: { id: ['name'] },
    identify: byName,
    compute: (input) => ({
      ...idOf(byName)(input),
      encoding: 'UTF8',
      is_template: false,
      lc_collate: 'en_US.UTF-8',
      lc_ctype: 'en_US.UTF-8',
      owner: home,
      tablespace_name: 'pg_default',
      template: 'template0',
    }),
    alreadyExists: existsAlready('database'),
  },
  postgresql_extension: {
    forceNew: ['database', 'name'],
    defaults: { create_cascade: false, drop_cascade: false },
    identify: inDatabase,
    compute: (input) => ({ ...idOf(inDatabase)(input), database: home, schema: 'public', version: '1.0' }),
    adoptsExisting: () => true,
  },
};
