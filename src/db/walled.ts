import type { Db } from './db.js';
import type { TenantWall } from './tenant-wall.js';

const mostTenants = 1_000;

/**
 * A service whose every call works on the database as its caller may see it. The caller is in the first argument,
 * `{ principal: { tenantId } }`; a call without one sees everything.
 */
export function walled<S extends object>(wall: TenantWall, make: (db: Db) => S): S {
  const high = make(wall.db);
  const low = new Map<string, S>();
  const serviceOf = (tenantId: string): S => {
    const service = low.get(tenantId) ?? make(wall.scopedDb(tenantId));
    low.delete(tenantId);
    low.set(tenantId, service);
    const [oldest] = low.keys();
    if (low.size > mostTenants && oldest !== undefined) low.delete(oldest);
    return service;
  };
  return new Proxy(high, {
    get: (_, name) => {
      const member = Reflect.get(high, name) as unknown;
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        const tenantId = tenantOf(args[0]);
        const service = tenantId === null ? high : serviceOf(tenantId);
        return (Reflect.get(service, name) as (...all: unknown[]) => unknown)(...args);
      };
    },
  });
}

function tenantOf(first: unknown): string | null {
  if (first === null || typeof first !== 'object' || !('principal' in first)) return null;
  return (first.principal as { readonly tenantId: string | null }).tenantId;
}
