/** What is labelled as an environment's in Docker (https://docs.docker.com/reference/api/engine/). */
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { ownerMark } from '../terraform/ownership.js';
import { silence, type Look } from './search.js';

export interface DockerSearch {
  /** Of the machine's Docker. */
  readonly socketPath: string;
  readonly environmentId: string;
  readonly signal: AbortSignal;
}

const containers = z
  .array(z.looseObject({ Id: z.string(), Names: z.array(z.string()).nullish() }))
  .transform((all) => all.map(({ Id, Names }) => Names?.[0]?.replace(/^\//, '') ?? Id));
const networks = z.array(z.looseObject({ Name: z.string() })).transform((all) => all.map(({ Name }) => Name));
const volumes = z.looseObject({ Volumes: networks.nullish() }).transform(({ Volumes }) => Volumes ?? []);

const lists = [
  { type: 'docker_container', path: '/containers/json?all=true&', names: containers },
  { type: 'docker_network', path: '/networks?', names: networks },
  { type: 'docker_volume', path: '/volumes?', names: volumes },
] as const;

/** One look at containers, running or not, networks and volumes. A Docker that does not answer is told in `refused`. */
export async function lookInDocker({ socketPath, environmentId, signal }: DockerSearch): Promise<Look> {
  const filters = new URLSearchParams({
    filters: JSON.stringify({ label: [`${ownerMark}=${environmentId}`] }),
  });
  const stop = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
  try {
    const found = await Promise.all(
      lists.map(async ({ type, path, names }) =>
        names
          .parse(await get({ socketPath, path: `${path}${filters.toString()}`, signal: stop }))
          .map((id) => ({ type, id })),
      ),
    );
    return { found: found.flat(), retained: [] };
  } catch (error) {
    const why = error instanceof DockerRefusal ? error.message : silence(error);
    const refused = `${why}: see that Docker runs there and that workers may use its socket, DOCKER_SOCKET`;
    return { found: [], retained: [], refused };
  }
}

const limitMs = 15_000;

class DockerRefusal extends Error {}

async function get(ask: { socketPath: string; path: string; signal: AbortSignal }): Promise<unknown> {
  const answer = await new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    request({ ...ask, headers: { host: 'docker' } }, (res) => {
      text(res).then((body) => resolve({ status: res.statusCode, body }), reject);
    })
      .on('error', reject)
      .end();
  });
  if (answer.status !== 200) throw new DockerRefusal(`it answers ${answer.status}`);
  return JSON.parse(answer.body);
}
