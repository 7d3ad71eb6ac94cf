import { randomBytes } from 'node:crypto';
import { hasBody, type Route } from '../../api/route.js';
import { insertGrant } from '../../src/access/grant-store.js';
import { newId } from '../../src/lib/ids.js';
import type { AppUnderTest } from './app-under-test.js';
import { awaitReview } from './awaiting-review.js';
import { insertStateVersion } from './state-version.js';

/** One thing of every kind that a tenant can own. */
export interface Belongings {
  readonly tenant_id: string;
  readonly account_id: string;
  readonly environment_id: string;
  readonly run_id: string;
  readonly plan_id: string;
  readonly token_id: string;
  readonly grant_id: string;
  readonly rule_id: string;
  readonly policy_id: string;
  readonly webhook_id: string;
  readonly delivery_id: string;
}

/** A tenant with an account, an environment whose plan awaits review, a token and a grant; all names hold `mark`. */
export async function makeBelongings(app: AppUnderTest, mark: string): Promise<Belongings> {
  const slug = `${mark}-${randomBytes(4).toString('hex')}`;
  const post = async (path: string, body: unknown) => {
    const answer = await app.admin.call('POST', `/api/v1/${path}`, body);
    if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const { tenant_id } = await post('tenants', { name: slug, slug });
  const { account_id } = await post('accounts', {
    tenant_id,
    name: mark,
    provider: 'sandbox',
    cloud_account_id: '100000000002',
    regions: ['eu-central-1'],
  });
  const made = await post('environments', await app.admin.request({ tenant_id, account_id, name: slug }));
  const { environment_id, run_id } = made;
  const plan_id = await awaitReview(app.database.db, { runId: run_id, environmentId: environment_id });
  await insertStateVersion(app.database.db, { environmentId: environment_id, runId: run_id }, 1);
  const { token_id } = await post('tokens', { name: slug, role: 'viewer', tenant_id });
  const { rule_id } = await post('review-rules', { tenant_id, class: mark, approvals: 1 });
  const { policy_id } = await post('policies', {
    tenant_id,
    name: mark,
    expression: 'true',
    verdict: 'warn',
  });
  const grant_id = newId('grant');
  await insertGrant(
    app.database.db,
    {
      grantId: grant_id,
      issuer: 'https://issuer.example.com',
      subject: slug,
      role: 'viewer',
      tenantId: tenant_id,
      note: null,
      grantedBy: mark,
      expiresAt: null,
    },
    new Date(),
  );
  const url = `https://${slug}.example.com/hook`;
  const { webhook_id } = await post('webhooks', { tenant_id, url });
  const { delivery_id } = await post(`webhooks/${webhook_id}/ping`, {});
  return {
    tenant_id,
    account_id,
    environment_id,
    run_id,
    plan_id,
    token_id,
    grant_id,
    rule_id,
    policy_id,
    webhook_id,
    delivery_id,
  };
}

/** The same kinds of ids, of things that never were. */
export function neverWere(): Belongings {
  return {
    tenant_id: newId('tenant'),
    account_id: newId('account'),
    environment_id: newId('environment'),
    run_id: newId('run'),
    plan_id: newId('plan'),
    token_id: newId('token'),
    grant_id: newId('grant'),
    rule_id: newId('reviewRule'),
    policy_id: newId('policy'),
    webhook_id: newId('webhook'),
    delivery_id: newId('delivery'),
  };
}

/** Parameters of paths that name nothing of a tenant. */
const common: Readonly<Record<string, string>> = {
  revision: '1',
  serial: '1',
  name: 'app@1',
  file: 'start.js',
};

export function parametersOf(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
}

/** Whether the path names something that belongs to a tenant. */
export function namesBelonging(route: Route): boolean {
  return parametersOf(route.path).some((name) => !(name in common));
}

/** The path of a route that names those things. Throws for a kind of thing that is not among them. */
export function pathTo(route: Route, things: Belongings): string {
  return route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = common[name] ?? (things as unknown as Record<string, string>)[name];
    if (value === undefined)
      throw new Error(`add ${name} to test/api/belongings.ts: ${route.path} names one`);
    return value;
  });
}

type Body = (things: Belongings) => Record<string, unknown>;

/** A body that each call takes. */
const bodies: Readonly<Record<string, Body>> = {
  'post /api/v1/environments': ({ tenant_id, account_id }) => ({
    tenant_id,
    account_id,
    name: `e-${randomBytes(4).toString('hex')}`,
    region: 'eu-central-1',
    blueprint: 'app@1',
    spec: { releases: [], ingress: { host: 'a.example.com' } },
  }),
  'patch /api/v1/environments/{environment_id}': () => ({ spec: { ingress: { host: 'b.example.com' } } }),
  'post /api/v1/environments/{environment_id}/rollback': () => ({ revision: 1 }),
  'post /api/v1/environments/{environment_id}/extend': () => ({ ttl_hours: 24 }),
  'post /api/v1/runs/{run_id}/approve': ({ plan_id }) => ({ plan_id }),
  'post /api/v1/runs/{run_id}/reject': ({ plan_id }) => ({ plan_id }),
  'post /api/v1/runs/{run_id}/comments': () => ({ text: 'looks good' }),
  'post /api/v1/review-rules': ({ tenant_id }) => ({
    tenant_id,
    class: `c-${randomBytes(4).toString('hex')}`,
    approvals: 2,
  }),
  'put /api/v1/review-rules/{rule_id}': () => ({ approvals: 3 }),
  'post /api/v1/policies': ({ tenant_id }) => ({
    tenant_id,
    name: `p-${randomBytes(4).toString('hex')}`,
    expression: 'true',
    verdict: 'warn',
  }),
  'put /api/v1/policies/{policy_id}': () => ({ expression: 'true', verdict: 'warn' }),
  'post /api/v1/policies/check': () => ({ expression: 'true', verdict: 'warn' }),
  'post /api/v1/tenants': () => {
    const slug = `t-${randomBytes(4).toString('hex')}`;
    return { name: slug, slug };
  },
  'patch /api/v1/tenants/{tenant_id}': () => ({ name: 'Another name' }),
  'put /api/v1/tenants/{tenant_id}/quota': () => ({ environments: 1000, cpu_cores: 1000 }),
  // Refused for its confirmation: the tenant is needed on.
  'post /api/v1/tenants/{tenant_id}/offboard': () => ({ confirm: 'not-its-slug' }),
  'post /api/v1/accounts': ({ tenant_id }) => ({
    tenant_id,
    name: `a-${randomBytes(4).toString('hex')}`,
    provider: 'sandbox',
    cloud_account_id: '100000000003',
    regions: ['eu-central-1'],
  }),
  'patch /api/v1/accounts/{account_id}': () => ({ regions: ['eu-central-1'] }),
  'post /api/v1/accounts/{account_id}/verify': () => ({}),
  'post /api/v1/tokens': ({ tenant_id }) => ({ tenant_id, name: 'one more', role: 'viewer' }),
  'post /api/v1/grants': ({ tenant_id }) => ({ tenant_id, subject: 'somebody', role: 'viewer' }),
  'post /api/v1/webhooks': ({ tenant_id }) => ({ tenant_id, url: 'https://receiver.example.com/hook' }),
  'patch /api/v1/webhooks/{webhook_id}': () => ({ description: 'changed' }),
  'put /api/v1/sandbox/environments/{environment_id}/faults': () => ({ faults: [] }),
  'patch /api/v1/sandbox/environments/{environment_id}/objects': () => ({
    type: 'helm_release',
    object_id: 'shop',
    value: {},
  }),
  'post /api/v1/environments/{environment_id}/unlock': () => ({
    confirm: 'not-its-name',
    reason: 'a drill',
  }),
  'post /api/v1/environments/{environment_id}/state/repair': () => ({
    take: 'current',
    confirm: 'not-its-name',
    reason: 'a drill',
  }),
  'post /api/v1/environments/{environment_id}/state-versions/{serial}/restore': () => ({
    confirm: 'not-its-name',
    reason: 'a drill',
  }),
};

/** A good body for the call that names those things; undefined when it needs none. */
export function bodyFor(route: Route, things: Belongings): Record<string, unknown> | undefined {
  if (!hasBody(route)) return undefined;
  const key = `${route.method} ${route.path}`;
  const body = bodies[key];
  if (body !== undefined) return body(things);
  if (route.body.safeParse(undefined).success) return undefined;
  throw new Error(`add a body for ${key} to test/api/belongings.ts`);
}
