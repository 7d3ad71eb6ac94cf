import type { Queryable } from '../db/db.js';
import { createVersionedStore, type Versioned } from '../tenant/versioned-store.js';
import type { PolicyRef, PolicySettings } from './policy.js';

/** Its key is its name. */
export type StoredPolicy = Versioned<PolicySettings, string>;

/** Policies, with every version they had. */
export const policyStore = createVersionedStore<PolicySettings, string>({
  table: 'policies',
  versions: 'policy_versions',
  id: 'policy_id',
  key: 'name',
  noun: 'policy',
  taken: (name) => `there is a policy ${name} already: change that one, or choose another name`,
});

/** What a plan of the tenant is judged by: those for all and its own, switched on. */
export async function policiesInForce(db: Queryable, tenantId: string): Promise<PolicyRef[]> {
  const { rows } = await db.query<PolicyRef>(
    `select policy_id as "policyId", name, version, settings from policies
     where deleted_at is null and (tenant_id = $1 or tenant_id is null) and (settings ->> 'enabled')::boolean
     order by tenant_id nulls first, name limit 200`,
    [tenantId],
  );
  return rows;
}
