import type { DatabaseEngine } from '../../src/spec/sizes.js';

/** How the official image of an engine is run, asked and dumped. */
export interface DatabaseImage {
  readonly images: Readonly<Record<string, string>>;
  /** User and group of the server in the image. */
  readonly userId: string;
  readonly dataPath: string;
  readonly scratchPaths: readonly string[];
  /** For a buffer of so many MB: a quarter of the memory, for the rest goes to connections and the file cache. */
  readonly args: (bufferMb: number, connections?: number) => readonly string[];
  readonly env: (name: string, user: string) => Readonly<Record<string, string>>;
  readonly passwordVariables: readonly string[];
  /** Exits 0 once the server answers on TCP: while the image sets up its data, it listens on a socket alone. */
  readonly probe: (name: string, user: string) => readonly string[];
  readonly dump: {
    /** What the client reads its password from. */
    readonly passwordVariable: string;
    readonly env: (
      host: string,
      port: number,
      name: string,
      user: string,
    ) => Readonly<Record<string, string>>;
    /** A line of bash that writes a whole, compressed dump to `$part`. */
    readonly command: string;
    readonly ending: string;
  };
}

export const databaseImages: Record<DatabaseEngine, DatabaseImage> = {
  postgres: {
    images: {
      '15': 'postgres:15.14-bookworm',
      '16': 'postgres:16.10-bookworm',
      '17': 'postgres:17.6-bookworm',
    },
    userId: '999',
    dataPath: '/var/lib/postgresql/data',
    scratchPaths: ['/var/run/postgresql', '/tmp'],
    args: (bufferMb, connections) => [
      '-c',
      `shared_buffers=${bufferMb}MB`,
      ...(connections === undefined ? [] : ['-c', `max_connections=${connections}`]),
    ],
    env: (name, user) => ({
      POSTGRES_DB: name,
      POSTGRES_USER: user,
      PGDATA: '/var/lib/postgresql/data/pgdata',
    }),
    passwordVariables: ['POSTGRES_PASSWORD'],
    probe: (name, user) => ['pg_isready', '-h', '127.0.0.1', '-U', user, '-d', name],
    dump: {
      passwordVariable: 'PGPASSWORD',
      env: (host, port, name, user) => ({
        PGHOST: host,
        PGPORT: String(port),
        PGDATABASE: name,
        PGUSER: user,
        PGCONNECT_TIMEOUT: '30',
      }),
      command: 'pg_dump --format=custom --file="$part"',
      ending: 'pgdump',
    },
  },
  mysql: {
    images: { '8.0': 'mysql:8.0.43-oracle', '8.4': 'mysql:8.4.6-oracle' },
    userId: '999',
    dataPath: '/var/lib/mysql',
    scratchPaths: ['/var/run/mysqld', '/tmp'],
    // A fresh volume may hold `lost+found`, and the server sets itself up in an empty folder only.
    args: (bufferMb, connections) => [
      '--datadir=/var/lib/mysql/data',
      `--innodb-buffer-pool-size=${bufferMb}M`,
      '--performance-schema=OFF',
      ...(connections === undefined ? [] : [`--max-connections=${connections}`]),
    ],
    // The root of the server is let in from its own pod alone.
    env: (name, user) => ({ MYSQL_DATABASE: name, MYSQL_USER: user, MYSQL_ROOT_HOST: 'localhost' }),
    passwordVariables: ['MYSQL_PASSWORD', 'MYSQL_ROOT_PASSWORD'],
    probe: () => ['mysqladmin', 'ping', '--protocol=tcp', '--host=127.0.0.1', '--connect-timeout=4'],
    dump: {
      passwordVariable: 'MYSQL_PWD',
      env: (host, port, name, user) => ({
        DUMP_HOST: host,
        DUMP_PORT: String(port),
        DUMP_DATABASE: name,
        DUMP_USER: user,
      }),
      command:
        'mysqldump --host="$DUMP_HOST" --port="$DUMP_PORT" --user="$DUMP_USER" --single-transaction --quick' +
        ' --no-tablespaces --set-gtid-purged=OFF --triggers --routines --events "$DUMP_DATABASE" | gzip > "$part"',
      ending: 'sql.gz',
    },
  },
};
