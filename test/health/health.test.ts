import { describe, expect, test } from '@jest/globals';
import { healthOf } from '../../src/health/health.js';

const at = new Date('2026-01-02T03:04:05Z');
const one = (type: string, values: Record<string, unknown> = {}) => ({ address: `${type}.x`, type, values });

describe('health', () => {
  test('an empty state is unhealthy', () => {
    expect(healthOf([], at)).toEqual({
      overall: 'unhealthy',
      checkedAt: '2026-01-02T03:04:05.000Z',
      components: {},
    });
  });

  test('all parts there and well', () => {
    const parts = [one('kubernetes_namespace_v1'), one('helm_release', { status: 'deployed' })];
    expect(healthOf(parts, at)).toMatchObject({
      overall: 'healthy',
      components: { release: { status: 'healthy' } },
    });
  });

  test.each([
    ['helm_release', 'pending-install', 'release'],
    ['aws_db_instance', 'creating', 'database'],
  ])('a %s that is %s is named', (type, status, component) => {
    const health = healthOf([one('kubernetes_namespace_v1'), one(type, { status })], at);
    expect(health.overall).toBe('unhealthy');
    expect(health.components[component]?.message).toBe(`${type}.x: status is ${status}`);
  });
});
