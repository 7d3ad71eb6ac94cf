import type { Variant } from './all-types.js';

/** Every PostgreSQL type the sandbox serves; each resource is called `main`. */
export function postgresqlTypes({ name, password }: Required<Variant>) {
  const database = '${postgresql_database.main.name}';
  const role = '${postgresql_role.main.name}';
  const schema = '${postgresql_schema.main.name}';
  return {
    postgresql_role: { main: { name, login: true, password, search_path: [name] } },
    postgresql_database: { main: { name, owner: role, connection_limit: 20 } },
    postgresql_schema: { main: { name, database, owner: role } },
    postgresql_grant: {
      main: { database, role, schema, object_type: 'schema', privileges: ['USAGE', 'CREATE'] },
    },
    postgresql_default_privileges: {
      main: {
        database,
        role,
        schema,
        owner: 'postgres',
        object_type: 'table',
        privileges: ['SELECT', 'INSERT'],
      },
    },
    postgresql_extension: { main: { name: 'pgcrypto', database, schema } },
  };
}
