import { getAccount } from '../src/account/account-store.js';
import type { Account } from '../src/account/account.js';
import { getEnvironment } from '../src/environment/environment-store.js';
import type { Environment } from '../src/environment/environment.js';
import { getRevision } from '../src/environment/revision-store.js';
import { readSecrets } from '../src/environment/secret-store.js';
import { stackInput, type StackInput } from '../src/spec/stack-input.js';
import { getTenant } from '../src/tenant/tenant-store.js';
import type { WorkerDeps } from './deps.js';
import type { RunContext } from './run-context.js';

/** All that a run works on. `secrets` are in clear and known to the redactor; `input` holds none. */
export interface Loaded {
  readonly environment: Environment;
  readonly account: Account;
  readonly input: StackInput;
  readonly secrets: Readonly<Record<string, string>>;
}

export async function load(deps: WorkerDeps, ctx: RunContext): Promise<Loaded> {
  const { run } = ctx;
  const environment = await getEnvironment(deps.db, run.tenantId, run.environmentId);
  const { blueprint, spec } = await getRevision(deps.db, run.environmentId, run.revision);
  const account = await getAccount(deps.db, run.tenantId, run.accountId);
  const tenant = await getTenant(deps.db, run.tenantId, run.tenantId);
  const secrets = await readSecrets(deps.db, deps.keyring, run.environmentId);
  Object.values(secrets).forEach((secret) => ctx.redactor.add(secret));
  const input = stackInput.parse({
    environment_id: environment.environmentId,
    environment_name: environment.name,
    tenant_id: tenant.tenantId,
    tenant_slug: tenant.slug,
    tenant_name: tenant.name,
    provider: account.provider,
    cloud_account_id: account.cloudAccountId,
    region: environment.region,
    blueprint,
    labels: environment.labels,
    spec,
  });
  return { environment, account, input, secrets };
}
