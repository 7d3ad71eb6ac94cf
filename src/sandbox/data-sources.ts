import type { SandboxRun } from './sandbox-run.js';
import type { ValueObject } from './values.js';

/** The answers of the data sources in use. */
export const dataSources: Readonly<Record<string, (run: SandboxRun) => ValueObject>> = {
  aws_caller_identity: (run) => ({
    id: run.accountId,
    account_id: run.accountId,
    user_id: `AROASANDBOX:${run.environmentId}`,
    arn: `arn:aws:sts::${run.accountId}:assumed-role/terrace/${run.environmentId}`,
  }),
};
