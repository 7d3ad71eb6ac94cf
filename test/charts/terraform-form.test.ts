/** Terraform's form of Kubernetes objects, written by the real bindings, becomes the form of the API. */
import { describe, expect, test } from '@jest/globals';
import { CronJobV1 } from '@cdktf/provider-kubernetes/lib/cron-job-v1/index.js';
import { DeploymentV1 } from '@cdktf/provider-kubernetes/lib/deployment-v1/index.js';
import { HorizontalPodAutoscalerV2 } from '@cdktf/provider-kubernetes/lib/horizontal-pod-autoscaler-v2/index.js';
import { PersistentVolumeClaimV1 } from '@cdktf/provider-kubernetes/lib/persistent-volume-claim-v1/index.js';
import { PodDisruptionBudgetV1 } from '@cdktf/provider-kubernetes/lib/pod-disruption-budget-v1/index.js';
import { PriorityClassV1 } from '@cdktf/provider-kubernetes/lib/priority-class-v1/index.js';
import { RoleBindingV1 } from '@cdktf/provider-kubernetes/lib/role-binding-v1/index.js';
import { RoleV1 } from '@cdktf/provider-kubernetes/lib/role-v1/index.js';
import { SecretV1 } from '@cdktf/provider-kubernetes/lib/secret-v1/index.js';
import { ServiceV1 } from '@cdktf/provider-kubernetes/lib/service-v1/index.js';
import { StorageClassV1 } from '@cdktf/provider-kubernetes/lib/storage-class-v1/index.js';
import { Testing, TerraformStack } from 'cdktf';
import { checkObject } from '../support/kubernetes-schema.js';
import { objectsOf } from '../support/stack-objects.js';
import type { StackJson } from '../stacks/stack-json.js';

/** The only object of a stack that `build` makes. */
function objectFrom(build: (stack: TerraformStack) => void): unknown {
  const stack = new TerraformStack(Testing.app(), 'test');
  build(stack);
  const objects = objectsOf(JSON.parse(Testing.synth(stack)) as StackJson);
  expect(objects).toHaveLength(1);
  return objects[0];
}

const metadata = { name: 'app', namespace: 'demo', labels: { own_key: 'kept' } };
const pod = {
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerm: [{ matchExpressions: [{ key: 'pool', operator: 'In', values: ['apps'] }] }],
      },
    },
  },
  imagePullSecrets: [{ name: 'registry' }],
  initContainer: [{ name: 'wait', image: 'busybox:1.37', command: ['true'] }],
  container: [
    {
      name: 'app',
      image: 'nginx:1.28',
      env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
      envFrom: [{ configMapRef: { name: 'app-environment' } }],
      lifecycle: { preStop: [{ exec: { command: ['sleep', '5'] } }] },
      livenessProbe: { httpGet: { path: '/', port: '8080', httpHeader: [{ name: 'Host', value: 'app' }] } },
      port: [{ name: 'http', containerPort: 8080 }],
      resources: { limits: { cpu: '1', 'nvidia.com/gpu': '1' } },
      securityContext: { runAsUser: '101', capabilities: { drop: ['ALL'] } },
      volumeMount: [{ name: 'settings', mountPath: '/settings' }],
    },
  ],
  securityContext: { fsGroup: '101', runAsNonRoot: true },
  toleration: [{ key: 'apps', operator: 'Exists' }],
  topologySpreadConstraint: [
    {
      topologyKey: 'zone',
      maxSkew: 1,
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector: [{ matchLabels: { a: 'b' } }],
    },
  ],
  volume: [{ name: 'settings', configMap: { name: 'settings', defaultMode: '0440' } }],
};

const builds: Readonly<Record<string, (stack: TerraformStack) => void>> = {
  Deployment: (stack) =>
    new DeploymentV1(stack, 'a', {
      metadata,
      waitForRollout: false,
      spec: {
        replicas: '2',
        selector: { matchLabels: { a: 'b' } },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '1', maxUnavailable: '25%' } },
        template: { metadata: { labels: { a: 'b' } }, spec: pod },
      },
    }),
  CronJob: (stack) =>
    new CronJobV1(stack, 'a', {
      metadata,
      spec: {
        schedule: '0 3 * * *',
        jobTemplate: {
          metadata: {},
          spec: {
            backoffLimit: 2,
            ttlSecondsAfterFinished: '600',
            template: { metadata: {}, spec: { ...pod, restartPolicy: 'Never' } },
          },
        },
      },
    }),
  HorizontalPodAutoscaler: (stack) =>
    new HorizontalPodAutoscalerV2(stack, 'a', {
      metadata,
      spec: {
        minReplicas: 2,
        maxReplicas: 5,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'app' },
        metric: [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
          },
        ],
        behavior: {
          scaleDown: [
            {
              stabilizationWindowSeconds: 300,
              selectPolicy: 'Min',
              policy: [{ type: 'Pods', value: 1, periodSeconds: 60 }],
            },
          ],
        },
      },
    }),
  PersistentVolumeClaim: (stack) =>
    new PersistentVolumeClaimV1(stack, 'a', {
      metadata,
      waitUntilBound: false,
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    }),
  PodDisruptionBudget: (stack) =>
    new PodDisruptionBudgetV1(stack, 'a', {
      metadata,
      spec: { maxUnavailable: '1', selector: { matchLabels: { a: 'b' } } },
    }),
  PriorityClass: (stack) => new PriorityClassV1(stack, 'a', { metadata: { name: 'app' }, value: 1000 }),
  Role: (stack) =>
    new RoleV1(stack, 'a', { metadata, rule: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] }),
  RoleBinding: (stack) =>
    new RoleBindingV1(stack, 'a', {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'app' },
      subject: [{ kind: 'ServiceAccount', name: 'app', namespace: 'demo' }],
    }),
  Secret: (stack) => new SecretV1(stack, 'a', { metadata, data: { own_key: 'x' } }),
  Service: (stack) =>
    new ServiceV1(stack, 'a', {
      metadata,
      spec: { clusterIp: 'None', selector: { a: 'b' }, port: [{ port: 80, targetPort: '8080' }] },
    }),
  StorageClass: (stack) =>
    new StorageClassV1(stack, 'a', {
      metadata: { name: 'app' },
      storageProvisioner: 'ebs.csi.aws.com',
      parameters: { type: 'gp3' },
    }),
};

describe('a resource of Terraform is a valid object of the API', () => {
  test.each(Object.entries(builds))('%s', (kind, build) => {
    const object = objectFrom(build);
    expect(object).toMatchObject({ kind, metadata: { name: 'app' } });
    expect(checkObject(object)).toEqual([]);
  });
});

describe('nothing is lost on the way', () => {
  test('names, lists and numbers of a pod', () => {
    expect(objectFrom(builds.Deployment!)).toMatchObject({
      apiVersion: 'apps/v1',
      metadata,
      spec: {
        replicas: 2,
        strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: '25%' } },
        template: {
          spec: {
            containers: [
              {
                lifecycle: { preStop: { exec: { command: ['sleep', '5'] } } },
                livenessProbe: { httpGet: { port: 8080, httpHeaders: [{ name: 'Host' }] } },
                resources: { limits: { 'nvidia.com/gpu': '1' } },
                securityContext: { runAsUser: 101 },
              },
            ],
            volumes: [{ configMap: { defaultMode: 0o440 } }],
          },
        },
      },
    });
  });

  test('own keys, and secrets in plain', () => {
    expect(objectFrom(builds.Secret!)).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata,
      stringData: { own_key: 'x' },
    });
  });
});
