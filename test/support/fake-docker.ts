/** As much of Docker as Terrace asks, on a socket of its own. Its differences from Docker are listed in docs/fake-docker.md. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface FakeDocker {
  readonly socketPath: string;
  readonly objects: FakeDockerObject[];
  /** Every answer from now on; null = as usual. */
  fail(status: number | null): void;
  close(): Promise<void>;
}

export interface FakeDockerObject {
  readonly kind: 'container' | 'network' | 'volume';
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Of a container. @default true */
  readonly running?: boolean;
}

export async function startFakeDocker(): Promise<FakeDocker> {
  const folder = await mkdtemp(join(tmpdir(), 'terrace-docker-'));
  const socketPath = join(folder, 'docker.sock');
  const objects: FakeDockerObject[] = [];
  let failing: number | null = null;
  const server = createServer((req, res) => {
    const url = new URL(req.url ?? '/', 'http://docker');
    const [status, body] = failing === null ? answerOf(objects, url) : [failing, { message: 'it fails' }];
    res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  server.listen(socketPath);
  await once(server, 'listening');
  return {
    socketPath,
    objects,
    fail: (status) => (failing = status),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await rm(folder, { recursive: true });
    },
  };
}

function answerOf(objects: readonly FakeDockerObject[], { pathname, searchParams }: URL): [number, unknown] {
  const { label: labels = [] } = JSON.parse(searchParams.get('filters') ?? '{}') as { label?: string[] };
  const fitting = objects.filter(({ labels: own }) =>
    labels.every((one) => {
      const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(one) ?? [];
      return own[name] === value;
    }),
  );
  const named = (kind: string) =>
    fitting.filter((one) => one.kind === kind).map(({ name, labels: Labels }) => ({ Name: name, Labels }));
  if (pathname === '/networks') return [200, named('network')];
  if (pathname === '/volumes') return [200, { Volumes: named('volume'), Warnings: null }];
  if (pathname !== '/containers/json') return [404, { message: 'page not found' }];
  const all = ['1', 'true'].includes(searchParams.get('all') ?? '');
  const containers = fitting.filter(({ kind, running = true }) => kind === 'container' && (all || running));
  return [
    200,
    containers.map(({ name, labels: Labels }) => ({ Id: `id-of-${name}`, Names: [`/${name}`], Labels })),
  ];
}
