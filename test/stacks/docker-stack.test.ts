import { describe, expect, test } from '@jest/globals';
import { zodFaults } from '../../src/errors/zod-faults.js';
import { serversOf } from '../../src/terraform/stack-servers.js';
import { publishedPorts } from '../../stacks/app/docker-ports.js';
import { appSpecV1 } from '../../stacks/app/spec.js';
import { inputOf, vpc } from './inputs.js';
import { dockerEverything } from './kits/app-docker-kit.js';
import { merged } from './kits/kit.js';
import { addressesOf, stackOf, type StackJson } from './stack-json.js';

type Body = Readonly<Record<string, unknown>>;

const everything = stackOf(inputOf({ ...dockerEverything }));
const container = (stack: StackJson, name: string): Body => stack.resource['docker_container']?.[name] ?? {};
const envOf = (stack: StackJson, name: string) => container(stack, name)['env'] as string[];

describe('an environment on a development machine', () => {
  test('has these addresses', () => {
    const parts = [
      'cache',
      'database',
      'migration',
      'workload_backend',
      'workload_frontend',
      'workload_mailer',
    ];
    expect(addressesOf(everything)).toEqual(
      [
        ...parts.flatMap((name) => [`docker_container.${name}`, `docker_image.${name}`]),
        'docker_network.data',
        'docker_network.network',
        'docker_volume.database',
        'docker_volume.workload_backend',
      ].sort(),
    );
  });

  test('needs Docker alone, by an empty provider block', () => {
    expect(everything.provider).toEqual({ docker: [{}] });
    expect(serversOf(JSON.stringify(everything)).docker).toBe(true);
    expect(Object.keys(everything.terraform['required_providers'] as Body)).toEqual(['docker']);
  });

  test('keeps data services in the network without a way out, workloads in both', () => {
    const networksOf = (name: string) =>
      (container(everything, name)['networks_advanced'] as Body[]).map((one) => one['name']);
    const [outside, inside] = ['${docker_network.network.name}', '${docker_network.data.name}'];
    expect(everything.resource['docker_network']).toMatchObject({
      network: { internal: false },
      data: { internal: true },
    });
    for (const name of ['database', 'cache']) expect(networksOf(name)).toEqual([inside]);
    for (const name of ['migration', 'workload_backend']) expect(networksOf(name)).toEqual([outside, inside]);
  });

  test('publishes workloads on loopback, on the given port or on one of its own', () => {
    expect(container(everything, 'workload_frontend')['ports']).toEqual([
      { internal: 8080, external: 8080, ip: '127.0.0.1', protocol: 'tcp' },
    ]);
    const [backend] = container(everything, 'workload_backend')['ports'] as Body[];
    expect(backend).toMatchObject({ internal: 9090, ip: '127.0.0.1' });
    expect(container(everything, 'workload_mailer')).not.toHaveProperty('ports');
    expect(everything.output).toMatchObject({
      endpoint_url: { value: 'http://127.0.0.1:8080' },
      endpoints: {
        value: {
          frontend: 'http://127.0.0.1:8080',
          backend: `http://127.0.0.1:${String(backend?.['external'])}`,
        },
      },
    });
  });

  test('gives the application its variables, passwords by reference', () => {
    expect(envOf(everything, 'workload_backend')).toEqual(
      expect.arrayContaining([
        'A=$${b}',
        'APP_URL=http://127.0.0.1:8080',
        'DATABASE_HOST=database',
        'DATABASE_PASSWORD=${var.database_password}',
        'DATABASE_URL=postgresql://app:${urlencode(var.database_password)}@database:5432/app?sslmode=prefer',
        'LOG_LEVEL=info',
        'REDIS_URL=redis://:${urlencode(var.cache_password)}@cache:6379/0',
        'TENANT_ID=ten_1',
      ]),
    );
    expect(envOf(everything, 'migration')).toContain('A=$${not_a_reference}');
  });

  test('starts in order: data services, migration, then workloads after those they wait for', () => {
    const needs = (name: string) => container(everything, name)['depends_on'];
    const data = ['docker_container.database', 'docker_container.cache'];
    expect(needs('migration')).toEqual(data);
    expect(needs('workload_backend')).toEqual([...data, 'docker_container.migration']);
    expect(needs('workload_frontend')).toEqual([
      ...data,
      'docker_container.migration',
      'docker_container.workload_backend',
    ]);
  });

  test('waits for each health check; a workload taken out of them is not asked', () => {
    for (const name of ['database', 'cache', 'workload_backend', 'workload_frontend'])
      expect([name, container(everything, name)['wait']]).toEqual([name, true]);
    expect(container(everything, 'workload_mailer')['healthcheck']).toEqual({ test: ['NONE'] });
  });

  test('never makes a volume anew for its labels', () => {
    for (const volume of Object.values(everything.resource['docker_volume'] ?? {}))
      expect(volume['lifecycle']).toEqual({ ignore_changes: ['labels'] });
  });

  test('is made without data services and workloads, too', () => {
    const bare = stackOf(inputOf({ target: 'docker', database: { mode: 'none' }, cache: { mode: 'none' } }));
    expect(addressesOf(bare)).toEqual(['docker_network.data', 'docker_network.network']);
  });

  test('has names of 63 characters at most, whatever the tenant is called', () => {
    const name = `w${'x'.repeat(38)}y`;
    const spec = merged(dockerEverything, {
      workloads: [{ name, image: 'shop/web:1', user_id: 1000, storage: { path: '/data', size: '1Gi' } }],
      docker: null,
    });
    for (const tenant of ['${var.x}', 'Ünïcødé'.repeat(20), '9 lives', '---']) {
      const { resource } = stackOf(
        inputOf({ ...spec }, { tenant_slug: tenant, tenant_name: tenant, environment_name: tenant }),
      );
      const names = ['docker_container', 'docker_network', 'docker_volume'].flatMap((type) =>
        Object.values(resource[type] ?? {}).map((body) => String(body['name'])),
      );
      expect(names.filter((one) => !/^[a-z0-9][a-z0-9-]{0,62}$/.test(one))).toEqual([]);
      expect(names).toHaveLength(8);
    }
  });
});

describe('ports', () => {
  const given = {};
  const names = Array.from({ length: 200 }, (_, index) => `w${index}`);

  test('differ, stay in their range, and are the same in any order', () => {
    const ports = publishedPorts({ environmentId: 'env_1', names, given });
    expect(new Set(ports.values()).size).toBe(names.length);
    for (const port of ports.values()) expect(port >= 20_000 && port < 30_000).toBe(true);
    const reversed = publishedPorts({ environmentId: 'env_1', names: [...names].reverse(), given });
    expect(new Map([...reversed].sort())).toEqual(new Map([...ports].sort()));
  });

  test('are those given, which no other workload gets', () => {
    const [name = ''] = names;
    const usual = publishedPorts({ environmentId: 'env_1', names: [name], given }).get(name) ?? 0;
    const ports = publishedPorts({ environmentId: 'env_1', names: [name, 'other'], given: { other: usual } });
    expect(ports.get('other')).toBe(usual);
    expect(ports.get(name)).toBe(usual + 1);
  });

  test('are not read from what every object has', () => {
    const ports = publishedPorts({ environmentId: 'env_1', names: ['constructor'], given });
    expect(typeof ports.get('constructor')).toBe('number');
  });
});

function faults(spec: object): string[] {
  const parsed = appSpecV1.safeParse(spec);
  return parsed.success ? [] : zodFaults(parsed.error).map((fault) => `${fault.path}: ${fault.message}`);
}

describe('a spec for a development machine', () => {
  const web = { name: 'web', image: 'shop/web:1.4.2', port: 8080, user_id: 1000 };
  const rootless = 'is required when target is "docker": nothing else keeps a container from running as root';

  test.each<[object, string[]]>([
    [{}, []],
    [{ target: 'vm' }, ['target: must be one of kubernetes, docker']],
    [{ quota: { cpu: '8', memory: '32Gi' }, database: { engine: 'mysql', size: 'large' } }, []],
    [{ workloads: [web], docker: { ports: { web: 8080 }, unchecked: ['web'] } }, []],
    [
      { target: 'kubernetes', docker: { unchecked: ['web'] }, workloads: [web] },
      ['docker: needs target "docker"'],
    ],
    [
      { workloads: [web], docker: { ports: { web: 80 } } },
      ['docker.ports.web: must be a port from 1024 to 65535'],
    ],
    [
      { docker: { ports: { web: 8080 } } },
      ['docker.ports: names a workload that is not there or has no port'],
    ],
    [
      { workloads: [web, { ...web, name: 'api' }], docker: { ports: { web: 8080, api: 8080 } } },
      ['docker.ports: ports must differ'],
    ],
    [{ docker: { unchecked: ['web'] } }, ['docker.unchecked: names a workload that is not there']],
    [{ namespace: 'shop' }, ['namespace: is not for target "docker": a machine has no namespaces']],
    [
      { limits: { cpu: '1' } },
      ['limits: is not for target "docker": they are those of a namespace; give each workload its resources'],
    ],
    [
      { network: { egress: [{ name: 'a', cidr: '203.0.113.0/24', ports: [443] }] } },
      ['network: is not for target "docker": Docker holds no container to it'],
    ],
    [
      { ingress: { host: 'shop.example.com' } },
      ['ingress: is not for target "docker": workloads are published on 127.0.0.1, without TLS'],
    ],
    [{ pod_security: 'baseline' }, ['pod_security: is not for target "docker": it is of a cluster']],
    [
      {
        releases: [{ name: 'a', repository: 'https://charts.example.com', chart: 'a', version: '1.0.0' }],
      },
      ['releases: is not for target "docker": it is of a cluster'],
    ],
    [{ quota: { pods: 10 } }, ['quota: takes cpu, memory, storage only when target is "docker"']],
    [
      { database: { storage_gb: 12 } },
      ['database: takes mode, engine, version, size only when target is "docker"'],
    ],
    [
      { database: { mode: 'rds' }, network: vpc },
      [
        'network: is not for target "docker": Docker holds no container to it',
        'database.mode: is not for target "docker": a machine has "in_cluster", which is a container there, or "none"',
      ],
    ],
    [
      { cache: { mode: 'elasticache', replicas: 1 }, network: vpc },
      [
        'network: is not for target "docker": Docker holds no container to it',
        'cache: takes mode, size only when target is "docker"',
        'cache.mode: is not for target "docker": a machine has "in_cluster", which is a container there, or "none"',
      ],
    ],
    [
      { workloads: [{ ...web, replicas: 2 }] },
      ['workloads: replicas is not for target "docker": a workload is one container there'],
    ],
    [
      { workloads: [{ ...web, autoscaling: { min: 1, max: 2 } }] },
      ['workloads: autoscaling is not for target "docker": a workload is one container there'],
    ],
    [
      { workloads: [{ ...web, disruption: { min_available: '50%' } }] },
      ['workloads: disruption is not for target "docker": there are no nodes to drain'],
    ],
    [
      { workloads: [{ ...web, spread: 'zone' }] },
      ['workloads: spread is not for target "docker": there is one machine'],
    ],
    [
      { workloads: [{ ...web, storage: { path: '/data', size: '1Gi', storage_class: 'fast' } }] },
      ['workloads: storage.storage_class is not for target "docker": volumes are local'],
    ],
    [
      { workloads: [{ ...web, wait_for: [{ name: 'mail', host: 'mail.example.com', port: 25 }] }] },
      [
        'workloads: wait_for is not for target "docker": name workloads only; servers by address are not waited for',
      ],
    ],
    [{ workloads: [{ ...web, user_id: undefined }] }, [`workloads: user_id ${rootless}`]],
    [
      { workloads: [{ ...web, args: ['--name', ''] }] },
      ['workloads: is not for target "docker": Docker takes no empty argument'],
    ],
    [{ migration: { image: 'shop/api:1' } }, [`migration.user_id: ${rootless}`]],
    [
      { migration: { image: 'shop/api:1', user_id: 1, command: [''] } },
      ['migration.args: is not for target "docker": Docker takes no empty argument'],
    ],
    [
      { migration: { image: 'shop/api:1', user_id: 1 }, workloads: [{ ...web, name: 'migration' }] },
      ['workloads: the name "migration" is that of the migration'],
    ],
  ])('%j', (spec, expected) => {
    expect(faults({ target: 'docker', ...spec })).toEqual(expected);
  });
});
