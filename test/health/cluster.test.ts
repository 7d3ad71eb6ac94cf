import { describe, expect, test } from '@jest/globals';
import { clusterFindings, type ClusterReading } from '../../src/health/cluster-findings.js';

const now = new Date('2026-01-02T00:00:00Z');
const nothing: ClusterReading = { workloads: [], ingresses: [], certificates: [], quotas: [], refused: [] };
const days = (count: number) => new Date(now.getTime() + count * 86_400_000);
const verdict = (reading: Partial<ClusterReading>) =>
  clusterFindings({ ...nothing, ...reading }, now).map(
    ({ component, status, message, mayPass = false }) => [component, status, message, mayPass] as const,
  );

describe('a cluster', () => {
  test.each([
    [3, 3, 'healthy', false],
    [0, 0, 'healthy', false],
    [3, 2, 'degraded', true],
    [3, 0, 'unhealthy', true],
  ])('a workload of %i with %i ready is %s', (wanted, ready, status, mayPass) => {
    const workload = { name: 'deployment shop/web', plainName: 'web', wanted, ready };
    expect(verdict({ workloads: [workload] })).toEqual([
      ['workloads', status, `deployment shop/web: ${ready} of ${wanted} ready`, mayPass],
    ]);
  });

  test('a workload that is a data service belongs to it', () => {
    const workload = { name: 'statefulset shop/cache', plainName: 'cache', wanted: 1, ready: 0 };
    expect(verdict({ workloads: [workload] })[0]?.[0]).toBe('cache');
  });

  test('an ingress without an address is not there yet', () => {
    const ingresses = [
      { name: 'shop/web', addresses: ['lb.example.com'] },
      { name: 'shop/api', addresses: [] },
    ];
    expect(verdict({ ingresses })).toEqual([
      ['ingress', 'healthy', 'ingress shop/web is at lb.example.com', false],
      ['ingress', 'unhealthy', 'ingress shop/api has no address', true],
    ]);
  });

  test.each([
    [days(60), 'healthy', 'the certificate in shop/tls expires in 60 days', false],
    [days(13), 'degraded', 'the certificate in shop/tls expires in 13 days', false],
    [days(-1), 'unhealthy', 'the certificate in shop/tls has expired', false],
    [null, 'degraded', 'there is no certificate in shop/tls', true],
  ])('a certificate until %s is %s', (notAfter, status, message, mayPass) => {
    expect(verdict({ certificates: [{ name: 'shop/tls', notAfter }] })).toEqual([
      ['certificate', status, message, mayPass],
    ]);
  });

  test.each([
    [{ cpu: '3600m', memory: '1Gi' }, 'degraded', 'quota shop/quota: 90 % of cpu is used'],
    [{ cpu: '1', memory: '7Gi' }, 'healthy', 'quota shop/quota: 88 % of memory is used'],
  ])('a quota with %j used is %s', (used, status, message) => {
    const quota = { name: 'shop/quota', hard: { cpu: '4', memory: '8Gi', pods: 'many' }, used };
    expect(verdict({ quotas: [quota] })).toEqual([['quota', status, message, false]]);
  });

  test('what it refuses to tell is unknown', () => {
    expect(verdict({ refused: ['secrets of shop cannot be read: forbidden'] })).toEqual([
      ['cluster', 'unknown', 'secrets of shop cannot be read: forbidden', false],
    ]);
  });
});
