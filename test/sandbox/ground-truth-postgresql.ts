import type { TypeFacts } from './ground-truth.js';

/** Provider cyrilgdn/postgresql 1.26. */
export const postgresqlFacts: Readonly<Record<string, TypeFacts>> = {
  postgresql_role: {
    updates: ['name', 'password', 'login', 'search_path', 'connection_limit', 'roles'],
    sensitive: ['password'],
    required: ['name'],
    defaults: {
      connection_limit: -1,
      encrypted_password: true,
      inherit: true,
      login: false,
      superuser: false,
      valid_until: 'infinity',
    },
  },
  postgresql_schema: {
    replaces: ['database'],
    updates: ['name', 'owner'],
    required: ['name'],
    defaults: { if_not_exists: true, drop_cascade: false },
  },
  postgresql_database: {
    replaces: ['template', 'encoding', 'lc_collate', 'lc_ctype'],
    updates: ['name', 'owner', 'connection_limit'],
    defaults: { connection_limit: -1, allow_connections: true },
  },
  postgresql_grant: {
    replaces: ['role', 'database', 'schema', 'object_type', 'with_grant_option'],
    updates: ['privileges'],
    required: ['role', 'database', 'object_type', 'privileges'],
  },
  postgresql_default_privileges: {
    replaces: ['role', 'database', 'owner', 'schema', 'object_type'],
    updates: ['privileges'],
    required: ['owner'],
  },
  postgresql_extension: { replaces: ['name', 'database'], updates: ['schema', 'version'] },
};
