/** What stacks make in a cluster, as its API lists it: test/onboarding/needs.test.ts holds this against all stacks. Pure. */

export interface ListedKind {
  readonly kind: string;
  /** Of the list of the whole cluster. */
  readonly path: string;
}

const core = (kind: string, plural: string): ListedKind => ({ kind, path: `/api/v1/${plural}` });
const of = (group: string, kind: string, plural: string): ListedKind => ({
  kind,
  path: `/apis/${group}/${plural}`,
});

/** Listed whole, for what holds them in deletion. */
export const namespaceKind = core('Namespace', 'namespaces');
/** Listed whole: they have no label of ours, and name the namespace of their claim. */
export const volumeKind = core('PersistentVolume', 'persistentvolumes');
/** Metadata alone: no secret leaves the cluster. */
export const secretKind = core('Secret', 'secrets');

export const labelledKinds: readonly ListedKind[] = [
  secretKind,
  core('ConfigMap', 'configmaps'),
  core('LimitRange', 'limitranges'),
  core('PersistentVolumeClaim', 'persistentvolumeclaims'),
  core('Pod', 'pods'),
  core('ResourceQuota', 'resourcequotas'),
  core('Service', 'services'),
  core('ServiceAccount', 'serviceaccounts'),
  of('apps/v1', 'Deployment', 'deployments'),
  of('apps/v1', 'StatefulSet', 'statefulsets'),
  of('autoscaling/v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers'),
  of('batch/v1', 'CronJob', 'cronjobs'),
  of('batch/v1', 'Job', 'jobs'),
  of('gateway.networking.k8s.io/v1', 'HTTPRoute', 'httproutes'),
  of('monitoring.coreos.com/v1', 'ServiceMonitor', 'servicemonitors'),
  of('networking.k8s.io/v1', 'Ingress', 'ingresses'),
  of('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies'),
  of('policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets'),
];
