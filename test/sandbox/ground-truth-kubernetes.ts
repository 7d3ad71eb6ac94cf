import type { TypeFacts } from './ground-truth.js';

const named = ['metadata.name', 'metadata.namespace'];
const stamped = ['metadata.uid', 'metadata.resource_version', 'metadata.generation'];
const image = 'spec.template.spec.container.image';

/** Provider hashicorp/kubernetes 2.38. */
export const kubernetesFacts: Readonly<Record<string, TypeFacts>> = {
  kubernetes_deployment_v1: {
    replaces: [...named, 'spec.selector.match_labels'],
    updates: ['spec.replicas', 'metadata.labels', image],
    computed: stamped,
    atMostOne: ['spec', 'spec.template', 'spec.strategy'],
    defaults: {
      wait_for_rollout: true,
      'spec.progress_deadline_seconds': 600,
      'spec.template.spec.restart_policy': 'Always',
      'spec.template.spec.termination_grace_period_seconds': 30,
      'spec.template.spec.automount_service_account_token': true,
      'spec.template.spec.container.liveness_probe.failure_threshold': 3,
      'spec.template.spec.container.startup_probe.period_seconds': 10,
    },
  },
  kubernetes_stateful_set_v1: {
    replaces: [...named, 'spec.service_name', 'spec.selector.match_labels', 'spec.volume_claim_template'],
    updates: ['spec.replicas', image],
    required: ['spec.service_name'],
    defaults: { wait_for_rollout: true },
  },
  kubernetes_daemon_set_v1: { replaces: [...named, 'spec.selector'], updates: [image] },
  kubernetes_job_v1: {
    replaces: [...named, image, 'spec.completions', 'spec.selector'],
    updates: ['spec.backoff_limit', 'spec.parallelism', 'spec.active_deadline_seconds'],
    defaults: { wait_for_completion: true, 'spec.template.spec.restart_policy': 'Never' },
  },
  kubernetes_cron_job_v1: {
    replaces: named,
    updates: ['spec.schedule', 'spec.suspend', 'spec.job_template.spec.template.spec.container.image'],
    required: ['spec.schedule'],
    defaults: {
      'spec.concurrency_policy': 'Allow',
      'spec.failed_jobs_history_limit': 1,
      'spec.successful_jobs_history_limit': 3,
      'spec.job_template.spec.template.spec.restart_policy': 'Never',
    },
  },
  kubernetes_horizontal_pod_autoscaler_v2: {
    replaces: named,
    updates: ['spec.min_replicas', 'spec.max_replicas', 'spec.metric'],
    required: ['spec.max_replicas'],
    defaults: { 'spec.min_replicas': 1 },
  },
  kubernetes_pod_disruption_budget_v1: {
    replaces: [...named, 'spec.min_available', 'spec.max_unavailable'],
    updates: ['metadata.labels'],
  },
  kubernetes_persistent_volume_claim_v1: {
    replaces: [...named, 'spec.access_modes', 'spec.storage_class_name', 'spec.resources.limits'],
    updates: ['spec.resources.requests'],
    required: ['spec.access_modes'],
    defaults: { wait_until_bound: true },
  },
  kubernetes_storage_class_v1: {
    replaces: ['metadata.name', 'storage_provisioner', 'parameters', 'volume_binding_mode'],
    updates: ['allow_volume_expansion'],
    defaults: {
      reclaim_policy: 'Delete',
      volume_binding_mode: 'Immediate',
      allow_volume_expansion: true,
    },
  },
  kubernetes_priority_class_v1: {
    replaces: ['metadata.name', 'value', 'preemption_policy'],
    updates: ['description', 'global_default'],
    required: ['value'],
  },
  kubernetes_role_v1: { replaces: named, updates: ['rule'] },
  kubernetes_role_binding_v1: {
    replaces: [...named, 'role_ref.name', 'role_ref.kind'],
    updates: ['subject'],
    defaults: { 'subject.namespace': 'default' },
  },
  kubernetes_cluster_role_v1: { replaces: ['metadata.name'], updates: ['rule'] },
  kubernetes_cluster_role_binding_v1: {
    replaces: ['metadata.name', 'role_ref.name'],
    updates: ['subject'],
  },
  kubernetes_secret_v1: {
    replaces: [...named, 'type'],
    updates: ['data'],
    sensitive: ['data', 'binary_data'],
    defaults: { type: 'Opaque' },
  },
  kubernetes_config_map_v1: { replaces: named, updates: ['data'] },
  kubernetes_namespace_v1: { replaces: ['metadata.name'], updates: ['metadata.labels'], computed: stamped },
};
