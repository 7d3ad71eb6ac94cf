/** What a stack's providers sign in to beside clouds. Pure. */
import { z } from 'zod';

/** A PostgreSQL server that the environment has a part of, and does not own. */
export interface DatabaseServer {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** Of libpq. */
  readonly sslmode: string;
}

export interface StackServers {
  /** Whether a provider of it talks to Kubernetes. */
  readonly cluster: boolean;
  /** Whether it has parts in Docker. */
  readonly docker: boolean;
  /** Those whose address stands in the stack, and that are not signed in to by the stack itself. */
  readonly databases: readonly DatabaseServer[];
  /** Addresses of servers that terraform alone knows, or how to sign in to them. */
  readonly hidden: readonly string[];
}

/** Blueprints of others may write any of it, or leave it to the provider. */
const database = z.looseObject({
  host: z.string().default('that the stack does not name'),
  port: z.number().or(z.string()).default(5432),
  database: z.string().default('postgres'),
  sslmode: z.string().default('require'),
  username: z.string().optional(),
});
const known = database.extend({
  host: z.string().regex(/^[\w.:-]+$/),
  port: z.coerce.number(),
  database: z.string().regex(/^[^$]+$/),
  username: z.undefined().optional(),
});
const blocks = z.array(z.looseObject({}));
const stack = z.looseObject({
  provider: z
    .looseObject({
      kubernetes: z.unknown().optional(),
      helm: z.unknown().optional(),
      docker: blocks.optional(),
      postgresql: z.array(database).default([]),
    })
    .prefault({}),
});

/** Of the JSON that terraform works on. */
export function serversOf(cdkJson: string): StackServers {
  const { kubernetes, helm, docker, postgresql } = stack.parse(JSON.parse(cdkJson)).provider;
  const servers = postgresql.map((one) => ({ ...one, known: known.safeParse(one).data }));
  return {
    cluster: kubernetes !== undefined || helm !== undefined,
    docker: docker !== undefined,
    databases: servers.flatMap(({ known }) =>
      known ? [{ host: known.host, port: known.port, database: known.database, sslmode: known.sslmode }] : [],
    ),
    hidden: servers.flatMap(({ host, known }) => (known ? [] : [host])),
  };
}
