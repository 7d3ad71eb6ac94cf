/** What a stack's providers sign in to beside clouds and clusters. Pure. */
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
  /** Whether it has parts in Docker. */
  readonly docker: boolean;
  /** Those whose address stands in the stack, and that are not signed in to by the stack itself. */
  readonly databases: readonly DatabaseServer[];
  /** Addresses of servers that terraform alone knows. */
  readonly hidden: readonly string[];
}

const database = z.looseObject({
  host: z.string(),
  port: z.number().default(5432),
  database: z.string().default('postgres'),
  sslmode: z.string().default('require'),
  username: z.string().optional(),
});
const blocks = z.array(z.looseObject({}));
const stack = z.looseObject({
  provider: z
    .looseObject({ docker: blocks.optional(), postgresql: z.array(database).default([]) })
    .prefault({}),
});

/** Of the JSON that terraform works on. */
export function serversOf(cdkJson: string): StackServers {
  const { docker, postgresql } = stack.parse(JSON.parse(cdkJson)).provider;
  const isHidden = ({ host, username }: z.infer<typeof database>) =>
    host.includes('${') || username !== undefined;
  return {
    docker: docker !== undefined,
    databases: postgresql
      .filter((one) => !isHidden(one))
      .map(({ host, port, database, sslmode }) => ({ host, port, database, sslmode })),
    hidden: postgresql.filter(isHidden).map(({ host }) => host),
  };
}
