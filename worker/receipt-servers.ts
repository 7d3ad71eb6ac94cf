/** Where a destroy is proved beside cloud and cluster: Docker of this machine, and database servers of many tenants. */
import { lookInDatabase } from '../src/receipt/database-search.js';
import { lookInDocker } from '../src/receipt/docker-search.js';
import { searchPlace, type Patience, type Searched } from '../src/receipt/search.js';
import { serversOf, type DatabaseServer } from '../src/terraform/stack-servers.js';
import { loginRemedy, readDatabaseLogin } from './database-login.js';
import type { WorkerDeps } from './deps.js';
import type { RunContext } from './run-context.js';

export interface ServersSearch {
  readonly environmentId: string;
  /** The JSON that the environment was last applied with; null = nothing ever was. */
  readonly stack: string | null;
  readonly patience: Patience;
}

/** Searches what the stack has parts in; a server that cannot be searched is told with the reason. */
export async function searchServers(
  { config }: Pick<WorkerDeps, 'config'>,
  { run, redactor }: Pick<RunContext, 'run' | 'redactor'>,
  { environmentId, stack, patience }: ServersSearch,
): Promise<Searched[]> {
  if (stack === null) return [];
  const { docker, databases, hidden } = serversOf(stack);
  const searchDocker = () => {
    const look = () =>
      lookInDocker({ socketPath: config.DOCKER_SOCKET, environmentId, signal: patience.signal });
    return searchPlace("docker on the worker's machine", look, patience);
  };
  const searchDatabase = async (server: DatabaseServer) => {
    const place = `database server ${server.host}:${server.port}, ${server.database}`;
    const login = await readDatabaseLogin({ config, redactor, tenantId: run.tenantId }, server);
    if (login === undefined) return notSearched(place, `there is no login for it: ${loginRemedy}`);
    return searchPlace(place, () => lookInDatabase({ ...server, ...login }, environmentId), patience);
  };
  const searched = await Promise.all([...(docker ? [searchDocker()] : []), ...databases.map(searchDatabase)]);
  const reason = 'only the stack itself knows how to sign in there: look by hand';
  return [...searched, ...hidden.map((host) => notSearched(`database server ${host}`, reason))];
}

function notSearched(place: string, reason: string): Searched {
  return { place: { place, found: null, reason }, retained: [] };
}
