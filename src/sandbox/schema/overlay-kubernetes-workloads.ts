import { lookUp, type ValueObject } from '../values.js';
import { kind } from './kubernetes-kind.js';
import { podAt, under } from './kubernetes-pod.js';
import type { Computed, TypeOverlay } from './overlay-type.js';

/** Templates have metadata of their own, without identity. */
const templateMetadata = (path: string): Record<string, Computed> =>
  under(`${path}.metadata`, { name: '', generation: 0, resource_version: '', uid: '' });

const podTemplate = podAt('spec.template.spec');
const podValues = { ...podTemplate.computed, ...templateMetadata('spec.template') };

const rollout = {
  type: 'RollingUpdate',
  'rolling_update.max_surge': '25%',
  'rolling_update.max_unavailable': '25%',
};

/** A job's own defaults; the pods of a job are never restarted for good. */
const jobDefaults = { backoff_limit: 6, completions: 1, manual_selector: false, parallelism: 1 };
const restart = { restart_policy: 'Never' };

function restartFaults(value: ValueObject, path: string): string[] {
  return lookUp(value, `${path}.restart_policy`) === 'Always'
    ? [`${path}.restartPolicy: Unsupported value: "Always": supported values: "OnFailure", "Never"`]
    : [];
}

const jobPod = podAt('spec.template.spec', restart);
const cronPod = podAt('spec.job_template.spec.template.spec', restart);

export const workloadOverlays: Readonly<Record<string, TypeOverlay>> = {
  kubernetes_deployment_v1: kind('kubernetes_deployment_v1', {
    plural: 'deployments.apps',
    hasGeneration: true,
    overlay: {
      forceNew: ['spec.selector'],
      defaults: {
        wait_for_rollout: true,
        'spec.min_ready_seconds': 0,
        'spec.paused': false,
        'spec.progress_deadline_seconds': 600,
        'spec.revision_history_limit': 10,
        ...under('spec.strategy', rollout),
        ...podTemplate.defaults,
      },
    },
    compute: () => ({ 'spec.replicas': '1', ...podValues }),
  }),
  kubernetes_stateful_set_v1: kind('kubernetes_stateful_set_v1', {
    plural: 'statefulsets.apps',
    hasGeneration: true,
    overlay: {
      forceNew: [
        'spec.selector',
        'spec.service_name',
        'spec.pod_management_policy',
        'spec.volume_claim_template',
      ],
      defaults: { wait_for_rollout: true, ...podTemplate.defaults },
    },
    compute: () => ({
      'spec.pod_management_policy': 'OrderedReady',
      'spec.replicas': '1',
      'spec.revision_history_limit': 10,
      ...podValues,
      ...templateMetadata('spec.volume_claim_template'),
      'spec.volume_claim_template.spec.storage_class_name': '',
      'spec.volume_claim_template.spec.volume_mode': 'Filesystem',
      'spec.volume_claim_template.spec.volume_name': '',
    }),
  }),
  kubernetes_daemon_set_v1: kind('kubernetes_daemon_set_v1', {
    plural: 'daemonsets.apps',
    hasGeneration: true,
    overlay: {
      forceNew: ['spec.selector'],
      defaults: {
        wait_for_rollout: true,
        'spec.min_ready_seconds': 0,
        'spec.revision_history_limit': 10,
        'spec.strategy.type': 'RollingUpdate',
        ...podTemplate.defaults,
      },
    },
    compute: () => podValues,
  }),
  kubernetes_job_v1: kind('kubernetes_job_v1', {
    plural: 'jobs.batch',
    hasGeneration: true,
    overlay: {
      forceNew: [
        'spec.backoff_limit_per_index',
        'spec.completion_mode',
        'spec.completions',
        'spec.max_failed_indexes',
        'spec.pod_failure_policy',
        'spec.selector',
        'spec.template',
      ],
      defaults: { wait_for_completion: true, ...under('spec', jobDefaults), ...jobPod.defaults },
    },
    compute: () => ({
      'metadata.labels': {},
      'spec.completion_mode': 'NonIndexed',
      ...jobPod.computed,
      ...templateMetadata('spec.template'),
    }),
    faultsOf: (value) => restartFaults(value, 'spec.template.spec'),
  }),
  kubernetes_cron_job_v1: kind('kubernetes_cron_job_v1', {
    plural: 'cronjobs.batch',
    hasGeneration: true,
    overlay: {
      defaults: {
        'spec.concurrency_policy': 'Allow',
        'spec.failed_jobs_history_limit': 1,
        'spec.starting_deadline_seconds': 0,
        'spec.successful_jobs_history_limit': 3,
        'spec.suspend': false,
        ...under('spec.job_template.spec', jobDefaults),
        ...cronPod.defaults,
      },
    },
    compute: () => ({
      'spec.job_template.spec.completion_mode': 'NonIndexed',
      ...cronPod.computed,
      ...templateMetadata('spec.job_template'),
      ...templateMetadata('spec.job_template.spec.template'),
    }),
    faultsOf: (value) => [
      ...restartFaults(value, 'spec.job_template.spec.template.spec'),
      ...scheduleFaults(lookUp(value, 'spec.schedule')),
    ],
  }),
};

/** Five fields, or a name such as `@daily`. */
function scheduleFaults(schedule: unknown): string[] {
  if (typeof schedule !== 'string' || /^(@[a-z]+|\S+( +\S+){4})$/.test(schedule.trim())) return [];
  return [`spec.schedule: Invalid value: "${schedule}": expected exactly 5 fields`];
}
