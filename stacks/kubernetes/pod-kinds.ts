import { createRequire } from 'node:module';
import type * as cronJob from '@cdktf/provider-kubernetes/lib/cron-job-v1/index.js';
import type * as deployment from '@cdktf/provider-kubernetes/lib/deployment-v1/index.js';
import type * as job from '@cdktf/provider-kubernetes/lib/job-v1/index.js';
import type * as statefulSet from '@cdktf/provider-kubernetes/lib/stateful-set-v1/index.js';

// Each kind that holds a pod is 5 MB of CommonJS: `import` would read all of it once more to find the names, a third of the generator's start.
const load = createRequire(import.meta.url);
const from = (kind: string): unknown => load(`@cdktf/provider-kubernetes/lib/${kind}/index.js`);

export const { CronJobV1 } = from('cron-job-v1') as typeof cronJob;
export const { DeploymentV1 } = from('deployment-v1') as typeof deployment;
export const { JobV1 } = from('job-v1') as typeof job;
export const { StatefulSetV1 } = from('stateful-set-v1') as typeof statefulSet;
