import { describe, expect, test } from '@jest/globals';
import { healthOf, mayImprove, troubles, type Finding } from '../../src/health/health.js';
import { stateFindings } from '../../src/health/state-findings.js';
import { sandboxFindings } from '../../src/health/sandbox-findings.js';

const at = new Date('2026-01-02T03:04:05Z');
const one = (type: string, values: Record<string, unknown> = {}) => ({ address: `${type}.x`, type, values });
const find = (component: string, status: Finding['status'], message: string = status): Finding => ({
  component,
  status,
  message,
});

describe('the health of an environment', () => {
  test('is unhealthy where nothing is', () => {
    expect(healthOf([], at)).toEqual({
      overall: 'unhealthy',
      checkedAt: '2026-01-02T03:04:05.000Z',
      components: {},
    });
    expect(troubles(healthOf([], at))).toBe('nothing is there');
  });

  test.each([
    [['healthy', 'healthy'], 'healthy'],
    [['healthy', 'unknown'], 'healthy'],
    [['unknown', 'unknown'], 'degraded'],
    [['healthy', 'degraded', 'unknown'], 'degraded'],
    [['degraded', 'unhealthy', 'healthy'], 'unhealthy'],
  ] as const)('of parts that are %j is %s', (statuses, overall) => {
    const findings = statuses.map((status, n) => find(`part-${n}`, status));
    expect(healthOf(findings, at).overall).toBe(overall);
    const sameComponent = statuses.map((status) => find('part', status));
    expect(healthOf(sameComponent, at).overall).toBe(overall);
  });

  test('names the worst of a component, three at most, and the slowest answer', () => {
    const bad = ['a', 'b', 'c', 'd', 'e'].map((name) => find('workloads', 'unhealthy', name));
    const findings = [
      find('workloads', 'healthy', 'well'),
      ...bad,
      { ...find('api', 'healthy'), latencyMs: 7 },
    ];
    const health = healthOf(findings, at);
    expect(health.components).toEqual({
      workloads: { status: 'unhealthy', message: 'a; b; c; and 2 more' },
      api: { status: 'healthy', message: 'healthy', latencyMs: 7 },
    });
    expect(troubles(health)).toBe('a; b; c; and 2 more');
  });

  test('is looked at again only where what is wrong may pass', () => {
    expect(mayImprove([find('a', 'unhealthy')])).toBe(false);
    expect(mayImprove([{ ...find('a', 'healthy'), mayPass: true }])).toBe(false);
    expect(mayImprove([find('a', 'unhealthy'), { ...find('b', 'degraded'), mayPass: true }])).toBe(true);
  });
});

describe('what the state says', () => {
  test('counts types that serve something, and no other', () => {
    const parts = [
      one('kubernetes_namespace_v1'),
      one('helm_release', { status: 'deployed' }),
      one('aws_subnet'),
      one('kubernetes_stateful_set_v1', { metadata: [{ name: 'database' }] }),
      one('kubernetes_deployment_v1', { metadata: [{ name: 'web' }] }),
    ];
    expect(stateFindings(parts).map(({ component, status }) => [component, status])).toEqual([
      ['namespace', 'healthy'],
      ['release', 'healthy'],
      ['database', 'healthy'],
      ['workloads', 'healthy'],
    ]);
  });

  test.each([
    ['helm_release', 'pending-install', 'release'],
    ['aws_db_instance', 'creating', 'database'],
    ['aws_eks_cluster', 'FAILED', 'cluster'],
  ])('a %s that is %s is named', (type, status, component) => {
    const health = healthOf(stateFindings([one(type, { status })]), at);
    expect(health.overall).toBe('unhealthy');
    expect(health.components[component]?.message).toBe(`${type}.x: status is ${status}`);
  });
});

describe('in the sandbox', () => {
  const workload = one('kubernetes_deployment_v1', { metadata: [{ name: 'web' }] });
  const reading = { resource: workload, actual: workload.values, unready: null };
  const url = 'https://shop.acme.example.com';

  test('the API is as well as what it would run on', () => {
    expect(sandboxFindings([reading], url)).toEqual([
      { component: 'workloads', status: 'healthy', message: `${workload.address} is there` },
      { component: 'api', status: 'healthy', message: `${url} is played by the sandbox` },
    ]);
    const unready = { as: 'unhealthy' as const, message: 'no pod is ready' };
    expect(sandboxFindings([{ ...reading, unready }], url)).toEqual([
      {
        component: 'workloads',
        status: 'unhealthy',
        message: `${workload.address}: no pod is ready`,
        mayPass: true,
      },
      {
        component: 'api',
        status: 'unhealthy',
        message: `${url} does not answer: ${workload.address}: no pod is ready`,
        mayPass: true,
      },
    ]);
  });

  test('what is gone will not come back by waiting', () => {
    const found = sandboxFindings([{ ...reading, actual: null }], null);
    expect(found).toEqual([
      { component: 'workloads', status: 'unhealthy', message: `${workload.address} is gone` },
    ]);
  });
});
