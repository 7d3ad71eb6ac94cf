import type { DatabaseEngine } from '../../src/spec/sizes.js';

interface RdsEngineFacts {
  readonly port: number;
  /** Family of a parameter group for a major version. */
  readonly family: (version: string) => string;
  /** End of a parameter group's name, which takes no dots. */
  readonly suffix: (version: string) => string;
  /** The parameter that refuses connections without TLS, with the value AWS keeps for "on". */
  readonly forceTls: { readonly name: string; readonly value: string };
  /** Logs that go to CloudWatch. */
  readonly logs: readonly string[];
}

/** What RDS calls things for each engine. Sources: Amazon RDS user guide, "Using SSL with a PostgreSQL DB instance" and
 *  "Requiring SSL/TLS for all connections to a MySQL DB instance". */
export const rdsEngines: Record<DatabaseEngine, RdsEngineFacts> = {
  postgres: {
    port: 5432,
    family: (version) => `postgres${version}`,
    suffix: (version) => `pg${version}`,
    forceTls: { name: 'rds.force_ssl', value: '1' },
    logs: ['postgresql', 'upgrade'],
  },
  mysql: {
    port: 3306,
    family: (version) => `mysql${version}`,
    suffix: (version) => `mysql${version.replaceAll('.', '')}`,
    forceTls: { name: 'require_secure_transport', value: 'ON' },
    logs: ['error'],
  },
};
