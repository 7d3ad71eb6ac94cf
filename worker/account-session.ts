import { readExternalIds } from '../src/account/external-id-store.js';
import type { Account } from '../src/account/account.js';
import type { Config } from '../src/config/config.js';
import { openRunSession, type RunSession, type RunSessionProps } from '../src/credentials/run-session.js';
import type { WorkerDeps } from './deps.js';
import type { RunContext } from './run-context.js';

/** What it takes of a worker. */
export type SessionDeps = Pick<WorkerDeps, 'db' | 'keyring'> & {
  readonly config: Pick<Config, 'AWS_ENDPOINT_URL'>;
};
export type SessionContext = Pick<RunContext, 'redactor'> & { readonly run: RunSessionProps['run'] };

/** A session of a run in its account, whose keys are told to the redactor. Throws what `openRunSession` throws. */
export async function openAccountSession(
  { db, keyring, config }: SessionDeps,
  { run, redactor }: SessionContext,
  props: Pick<RunSessionProps, 'phase' | 'region' | 'timeoutMs' | 'policy'> & { readonly account: Account },
): Promise<RunSession> {
  return openRunSession(
    { endpoint: config.AWS_ENDPOINT_URL },
    {
      ...props,
      run,
      externalIds: await readExternalIds(db, keyring, props.account.accountId),
      onSecret: (secret) => redactor.add(secret),
    },
  );
}
