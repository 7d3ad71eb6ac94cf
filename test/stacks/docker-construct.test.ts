import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Container, type ContainerProps } from '../../stacks/docker/container.js';
import { Network } from '../../stacks/docker/network.js';
import { OneOffContainer } from '../../stacks/docker/one-off-container.js';
import { Volume } from '../../stacks/docker/volume.js';
import { openBench, type Bench } from '../sandbox/bench.js';
import { stackWith } from './construct-stack.js';
import { dockerPolicies } from './proof/policies-docker.js';
import { validateAll } from './proof/validate-all.js';
import { addressesOf, type StackJson } from './stack-json.js';

const plain = {
  name: 'acme-web',
  labels: { team: 'shop' },
  image: 'nginxinc/nginx-unprivileged:1.28.0',
  env: { B: '2', A: '1' },
  userId: '101',
  limits: { cpu: '500m', memory: '128Mi' },
  networks: ['acme'],
} satisfies ContainerProps;

const stackOfContainer = (more: Partial<ContainerProps> = {}) =>
  stackWith((stack) => new Container(stack, 'web', { ...plain, ...more }));

const containerOf = (more: Partial<ContainerProps> = {}) => {
  const { web } = stackOfContainer(more).resource['docker_container'] ?? {};
  return web ?? {};
};

const full = stackWith((stack) => {
  const labels = { b: '2', a: '1' };
  const network = new Network(stack, 'network', { name: 'acme', labels, internal: false });
  const volume = new Volume(stack, 'data', { name: 'acme-data', labels });
  const migration = new OneOffContainer(stack, 'migration', {
    ...plain,
    name: 'acme-migration',
    networks: [network.name],
    command: ['migrate'],
  });
  new Container(stack, 'web', {
    ...plain,
    networks: [network.name],
    aliases: ['web'],
    args: ['serve'],
    readOnlyRoot: true,
    scratchPaths: ['/tmp'],
    volumes: [{ name: volume.name, path: '/data' }],
    publish: { port: 8080, on: 20_001 },
    health: { kind: 'http', path: '/healthz', port: 8080 },
    startPeriodSeconds: 92,
    stopSeconds: 60,
    dependsOn: migration.ready,
  });
});

describe('containers on a machine', () => {
  test('have the addresses of their parts', () => {
    expect(addressesOf(full)).toEqual([
      'docker_container.migration',
      'docker_container.web',
      'docker_image.migration',
      'docker_image.web',
      'docker_network.network',
      'docker_volume.data',
    ]);
  });

  test.each(dockerPolicies)('$name', ({ faults }) => {
    expect([...faults(full), ...faults(stackOfContainer())]).toEqual([]);
  });

  test('are the same whatever the order of the request', () => {
    expect(containerOf({ env: { A: '1', B: '2' } })).toEqual(containerOf());
    expect(containerOf()['env']).toEqual(['A=1', 'B=2']);
  });

  test.each([
    ['500m', '128Mi', { cpus: '0.5', memory: 128, memory_swap: 128 }],
    ['2', '1.5Gi', { cpus: '2', memory: 1536, memory_swap: 1536 }],
    ['1m', '1Mi', { cpus: '0.001', memory: 6, memory_swap: 6 }],
  ])('%s CPU and %s of memory are %j', (cpu, memory, fields) => {
    expect(containerOf({ limits: { cpu, memory } })).toMatchObject(fields);
  });

  test.each<[Partial<ContainerProps>, object]>([
    [
      { health: { kind: 'command', command: ['pg_isready', '-q'] } },
      { test: ['CMD', 'pg_isready', '-q'], start_period: '2m0s' },
    ],
    [
      { health: { kind: 'tcp', port: 8080 }, startPeriodSeconds: 45 },
      {
        test: ['CMD-SHELL', "grep -qE ':1F90 0+:0000 0A' /proc/net/tcp /proc/net/tcp6"],
        start_period: '45s',
      },
    ],
    [
      { health: { kind: 'http', path: '/up?a=1', port: 80 }, startPeriodSeconds: 3725 },
      {
        test: [
          'CMD-SHELL',
          "wget -q -O /dev/null 'http://127.0.0.1:80/up?a=1' || curl -fsS -o /dev/null 'http://127.0.0.1:80/up?a=1'",
        ],
        start_period: '1h2m5s',
      },
    ],
  ])('%j is asked so', (more, healthcheck) => {
    expect(containerOf(more)).toMatchObject({ healthcheck, wait: true });
  });

  test('are not asked and not waited for without a health check', () => {
    expect(containerOf()).toMatchObject({ healthcheck: { test: ['NONE'] } });
    expect(containerOf()).not.toHaveProperty('wait');
  });
});

describe('with real terraform', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench();
  });
  afterAll(() => bench.close());

  test('they hold on the schema of the provider, are made, and leave nothing to change', async () => {
    expect(await validateAll(bench, new Map([['full', withProvider(full)]]))).toEqual([]);
    const workspace = await bench.workspace({}, withProvider(full));
    await workspace.must('apply', '-auto-approve', '-input=false');
    expect(await workspace.plan()).toEqual({});
  });
});

function withProvider(stack: StackJson): StackJson {
  const docker = { source: 'registry.terraform.io/kreuzwerker/docker' };
  return { ...stack, terraform: { required_providers: { docker } } };
}
