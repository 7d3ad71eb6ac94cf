import { describe, expect, test } from '@jest/globals';
import { zodFaults } from '../../src/errors/zod-faults.js';
import { appSpecV1 } from '../../stacks/app/spec.js';

const web = { name: 'web', image: 'shop/web:1.4.2', port: 8080 };

function faults(spec: unknown): string[] {
  const parsed = appSpecV1.safeParse(spec);
  return parsed.success ? [] : zodFaults(parsed.error).map((fault) => `${fault.path}: ${fault.message}`);
}

describe('an image', () => {
  test.each([
    'nginx:1.28',
    'library/nginx:1.28.0-alpine',
    'registry.example.com:5000/shop/web:1.4.2',
    `shop/web@sha256:${'0'.repeat(64)}`,
    `shop/web:1@sha256:${'0'.repeat(64)}`,
  ])('%s is pinned', (image) => {
    expect(faults({ workloads: [{ ...web, image }] })).toEqual([]);
  });

  const form = 'must be an image such as "registry.example.com/shop/web:1.4.2"';
  const pinned = 'must be pinned by a tag other than "latest", or by a digest';
  test.each([
    ['nginx', pinned],
    ['nginx:latest', pinned],
    ['registry.example.com:5000/web', pinned],
    ['nginx:', form],
    ['Nginx:1', form],
    ['nginx:1 --privileged', form],
    ['nginx@sha256:abc', form],
    ['https://registry.example.com/web:1', form],
    [7, form],
    [undefined, `is required: ${form}`],
  ])('%j is refused', (image, message) => {
    expect(faults({ workloads: [{ ...web, image }] })).toEqual([`workloads.0.image: ${message}`]);
  });
});

describe('workloads', () => {
  const storage = { path: '/data', size: '1Gi' };
  test.each<[string, unknown, string[]]>([
    ['one', [web], []],
    ['no port and no health', [{ name: 'mailer', image: 'shop/mailer:1' }], []],
    ['two of one name', [web, web], ['workloads: names of workloads must differ']],
    [
      'the name of a data service',
      [{ ...web, name: 'cache' }],
      ['workloads: the names "database" and "cache" are those of the data services'],
    ],
    [
      'more pods at least than at most',
      [{ ...web, autoscaling: { min: 3, max: 2 } }],
      ['workloads: autoscaling.min must not be above autoscaling.max'],
    ],
    [
      'storage for two',
      [{ ...web, storage, replicas: 2 }],
      ['workloads: a workload with storage has one replica and no autoscaling: a volume belongs to one pod'],
    ],
    [
      'a budget that stops every drain',
      [{ ...web, replicas: 2, disruption: { min_available: 2 } }],
      [
        'workloads: disruption.min_available must be below the number of pods, or no node could ever be drained',
      ],
    ],
    ['a budget by share', [{ ...web, replicas: 2, disruption: { min_available: '50%' } }], []],
    [
      'a budget of nothing',
      [{ ...web, disruption: { min_available: '0%' } }],
      ['workloads.0.disruption.min_available: must be a number of pods, or a share such as "50%"'],
    ],
    [
      'two ways to ask for health',
      [{ ...web, health: { path: '/', command: ['true'] } }],
      ['workloads: health takes path or command, not both'],
    ],
    [
      'a health path without port',
      [{ name: 'a', image: 'a:1', health: { path: '/' } }],
      ['workloads: health.path needs port'],
    ],
    [
      'requests above limits',
      [{ ...web, resources: { cpu_request: '2', memory_request: '1Gi' } }],
      [
        'workloads: resources.cpu_request must not be above resources.cpu',
        'workloads: resources.memory_request must not be above resources.memory',
      ],
    ],
    [
      'an unknown dependency',
      [{ ...web, wait_for: ['api'] }],
      ['workloads: wait_for names a workload that is not there or has no port'],
    ],
    [
      'a circle',
      [
        { ...web, wait_for: ['api'] },
        { ...web, name: 'api', wait_for: ['web'] },
      ],
      ['workloads: workloads wait for each other in a circle'],
    ],
    [
      'more than the quota',
      [{ ...web, replicas: 20, resources: { memory: '1Gi' }, storage: undefined }],
      [
        'quota.cpu: is less than the workloads and the data services in the cluster need; raise it, or ask for less',
        'quota.memory: is less than the workloads and the data services in the cluster need; raise it, or ask for less',
      ],
    ],
    [
      'more storage than the quota',
      [{ ...web, storage: { ...storage, size: '30Gi' } }],
      ['quota.storage: is less than the volumes of workloads and database need; raise it, or ask for less'],
    ],
    [
      'no start period',
      [{ ...web, start_period_seconds: 1 }],
      ['workloads.0.start_period_seconds: must be at least 10'],
    ],
    [
      'a variable of ours',
      [{ ...web, env: { TENANT_SUBDOMAIN: 'x' } }],
      ['workloads.0.env.TENANT_SUBDOMAIN: is set by Terrace; choose another name'],
    ],
    [
      'a relative folder',
      [{ ...web, scratch_paths: ['../etc'] }],
      ['workloads.0.scratch_paths.0: must be an absolute path such as "/var/lib/shop"'],
    ],
    ['root', [{ ...web, user_id: 0 }], ['workloads.0.user_id: must be at least 1']],
  ])('%s', (_name, workloads, expected) => {
    expect(faults({ workloads })).toEqual(expected);
  });
});
