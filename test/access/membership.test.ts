import { describe, expect, test } from '@jest/globals';
import { principalOf, type Membership } from '../../src/access/membership-rules.js';
import { rights, rightsOfRole, roles } from '../../src/access/rights.js';

const principal = (memberships: Membership[], tenantId?: string, exists = false) =>
  principalOf({ id: 'usr_1', name: 'p', memberships }, { tenantId, exists });
const refusal = (...args: Parameters<typeof principal>) => {
  try {
    return principal(...args).role;
  } catch (fault) {
    return (fault as Error).message;
  }
};

describe('the table of rights', () => {
  test('gives an admin every right, and everybody some', () => {
    expect(rightsOfRole.admin).toEqual(rights);
    for (const role of roles) expect(rightsOfRole[role].length).toBeGreaterThan(0);
  });

  test('keeps asking for a run and approving it apart, but for admins', () => {
    const both = roles.filter((role) =>
      (['run', 'approve'] as const).every((right) => rightsOfRole[role].includes(right)),
    );
    expect(both).toEqual(['admin']);
  });
});

describe('where somebody acts', () => {
  test('in the only tenant, in all when it may, in the named one', () => {
    expect(principal([{ tenantId: 'ten_a', role: 'viewer' }]).tenantId).toBe('ten_a');
    const wide: Membership[] = [
      { tenantId: null, role: 'viewer' },
      { tenantId: 'ten_a', role: 'operator' },
    ];
    expect(principal(wide)).toMatchObject({ tenantId: null, role: 'viewer', rights: rightsOfRole.viewer });
    expect(principal(wide, 'ten_a', true)).toMatchObject({
      tenantId: 'ten_a',
      role: 'operator',
      rights: rightsOfRole.operator,
    });
    expect(principal(wide, 'ten_b', true)).toMatchObject({ tenantId: 'ten_b', role: 'viewer' });
  });

  test('never in a tenant without a role there, or one that does not exist', () => {
    expect(refusal([{ tenantId: 'ten_a', role: 'admin' }], 'ten_b', true)).toBe('no tenant ten_b');
    expect(refusal([{ tenantId: null, role: 'admin' }], 'ten_b', false)).toBe('no tenant ten_b');
    expect(refusal([])).toBe('p has no role here: ask an admin for a grant');
  });

  test('with the limits of the token', () => {
    const limited: Membership[] = [{ tenantId: null, role: 'admin', rights: ['tokens', 'read'] }];
    expect(principal(limited, 'ten_a', true)).toMatchObject({ role: 'admin', rights: ['read', 'tokens'] });
  });
});
