import { describe, expect, test } from '@jest/globals';
import { OneOffJob, type OneOffJobProps } from '../../stacks/kubernetes/one-off-job.js';
import { Workload, type WorkloadProps } from '../../stacks/kubernetes/workload.js';
import { checkObject } from '../support/kubernetes-schema.js';
import { objectsOf } from '../support/stack-objects.js';
import { stackWith } from './construct-stack.js';
import { addressesOf } from './stack-json.js';

const resources = { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '1', memory: '512Mi' } };
const plain = {
  namespace: 'acme',
  name: 'web',
  labels: { team: 'shop' },
  image: 'nginxinc/nginx-unprivileged:1.28.0',
  resources,
} satisfies WorkloadProps;
const full = {
  ...plain,
  args: ['serve'],
  ports: [
    { name: 'http', port: 8080 },
    { name: 'auth', port: 1812, protocol: 'UDP' },
  ],
  env: { B: '2', A: '1' },
  secretEnv: { TOKEN: { secret: 'web', key: 'token' }, A: { secret: 'web', key: 'a' } },
  configMaps: ['app-environment'],
  secrets: ['app-secrets'],
  health: { kind: 'http', path: '/healthz', port: 8080 },
  startPeriodSeconds: 92,
  userId: '1000',
  serviceAccount: 'app',
  priorityClass: 'gold',
  waitFor: [{ name: 'database', host: 'database.acme.svc', port: 5432 }],
  scaling: { min: 2, max: 5, cpuPercent: 70 },
  minAvailable: '50%',
  spread: 'zone',
  readOnlyRoot: true,
  scratchPaths: ['/tmp'],
  files: [
    { kind: 'config_map', name: 'web-files', path: '/etc/web' },
    { kind: 'secret', name: 'web-keys', path: '/etc/keys' },
  ],
  storage: { path: '/data', size: '10Gi', storageClass: 'fast' },
  loadBalancer: { sourceRanges: ['203.0.113.0/24'], annotations: { a: 'b' } },
  podAnnotations: { c: 'd' },
} satisfies WorkloadProps;

const stackOfWorkload = (props: WorkloadProps) => stackWith((stack) => new Workload(stack, 'web', props));
const podIn = (props: WorkloadProps) =>
  (objectsOf(stackOfWorkload(props)) as Objects).find(({ kind }) => kind === 'Deployment')
    ?.spec as Deployment;

type Objects = readonly {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: unknown;
}[];

interface Deployment {
  readonly replicas?: number;
  readonly strategy: object;
  readonly template: { readonly spec: { readonly containers: readonly Record<string, unknown>[] } };
}

describe('a workload', () => {
  test('has the addresses of its parts', () => {
    expect(addressesOf(stackOfWorkload(plain))).toEqual(['kubernetes_deployment_v1.web']);
    expect(addressesOf(stackOfWorkload(full))).toEqual([
      'kubernetes_deployment_v1.web',
      'kubernetes_horizontal_pod_autoscaler_v2.web',
      'kubernetes_persistent_volume_claim_v1.web',
      'kubernetes_pod_disruption_budget_v1.web',
      'kubernetes_service_v1.web',
    ]);
  });

  test.each([
    ['plain', plain],
    ['full', full],
  ])('%s: is valid by the schema of the API', (_name, props) => {
    expect(objectsOf(stackOfWorkload(props)).flatMap(checkObject)).toEqual([]);
  });

  test.each([
    ['plain', plain],
    ['full', full],
  ])('%s: runs without rights and within limits', (_name, props) => {
    expect(podIn(props).template.spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          resources,
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    });
  });

  test('may take its whole start period before it is started anew', () => {
    const [container] = podIn(full).template.spec.containers;
    expect(container).toMatchObject({
      startupProbe: {
        httpGet: { path: '/healthz', port: 8080 },
        periodSeconds: 5,
        failureThreshold: 19,
      },
    });
    expect(podIn(plain).template.spec.containers[0]).not.toHaveProperty('startupProbe');
  });

  test('leaves the number of pods to the autoscaler where there is one', () => {
    expect(podIn(full)).not.toHaveProperty('replicas');
    expect(podIn({ ...plain, replicas: 3 })).toMatchObject({
      replicas: 3,
      strategy: { type: 'RollingUpdate' },
    });
  });

  test('with storage stops before the next starts, for one pod holds the volume', () => {
    expect(podIn(full).strategy).toEqual({ type: 'Recreate' });
  });

  test('takes each variable once, a plain one before one of a secret', () => {
    expect(podIn(full).template.spec.containers[0]?.env).toEqual([
      { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'web', key: 'token' } } },
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
    ]);
  });
});

describe('a job that runs once', () => {
  const job = { ...plain, name: 'migrate', timeoutSeconds: 300 } satisfies OneOffJobProps;
  const objectOf = (props: OneOffJobProps) =>
    (objectsOf(stackWith((stack) => new OneOffJob(stack, 'migrate', props))) as Objects)[0];
  const nameOf = (props: OneOffJobProps) => objectOf(props)?.metadata.name;

  test('is valid by the schema of the API, and waited for', () => {
    expect(checkObject(objectOf(job))).toEqual([]);
    const stack = stackWith((at) => new OneOffJob(at, 'migrate', job));
    expect(stack.resource.kubernetes_job_v1?.migrate).toMatchObject({
      wait_for_completion: true,
      timeouts: { create: '360s' },
    });
  });

  test('is another job when its image, its command or its definition changes, and only then', () => {
    expect(nameOf(job)).toBe(nameOf({ ...job, timeoutSeconds: 600 }));
    const changed = [{ image: 'web:2' }, { command: ['a'] }, { args: ['b'] }, { definition: 1 }];
    const names = changed.map((change) => nameOf({ ...job, ...change }));
    expect(new Set([nameOf(job), ...names]).size).toBe(5);
  });
});
