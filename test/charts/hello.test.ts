import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { inputOf, release } from '../stacks/inputs.js';
import { stackOf } from '../stacks/stack-json.js';
import { checkObject } from '../support/kubernetes-schema.js';
import { chartFolder, helm, render, whyNoHelm, type Rendered } from './helm.js';
import { valuesOfTerrace } from './terrace-values.js';
import { containersOf, podFaults, podOf, type Pod } from './pods.js';

const reason = whyNoHelm();
const describeWithHelm = reason === undefined ? describe : describe.skip;
const named = (title: string) => (reason === undefined ? title : `skipped: ${reason}: ${title}`);

const everything = {
  migration: { enabled: true },
  autoscaling: { enabled: true },
  disruptionBudget: { enabled: true },
  imagePullSecrets: ['registry'],
  nodeSelector: { pool: 'apps' },
  tolerations: [{ key: 'apps', operator: 'Exists', effect: 'NoSchedule' }],
  topologySpread: { whenUnsatisfiable: 'DoNotSchedule' },
  image: { digest: `sha256:${'a'.repeat(64)}` },
};

const cases: readonly [string, readonly unknown[], readonly string[]][] = [
  ['no values', [], ['ConfigMap', 'Deployment', 'Service']],
  ['the values that Terrace gives', valuesOfTerrace(), ['ConfigMap', 'Deployment', 'Service']],
  [
    'no waiting, a start of one minute',
    [...valuesOfTerrace(), { waitFor: { enabled: false }, probes: { startPeriodSeconds: 60 } }],
    ['ConfigMap', 'Deployment', 'Service'],
  ],
  [
    'a migration',
    valuesOfTerrace({ migration: { enabled: true } }),
    ['ConfigMap', 'ConfigMap', 'Deployment', 'Job', 'Service'],
  ],
  [
    'everything switched on',
    valuesOfTerrace(everything),
    [
      'ConfigMap',
      'ConfigMap',
      'Deployment',
      'HorizontalPodAutoscaler',
      'Job',
      'PodDisruptionBudget',
      'Service',
    ],
  ],
];

const one = (objects: readonly Rendered[], kind: string): Rendered => {
  const found = objects.filter((object) => object.kind === kind);
  if (found[0] === undefined) throw new Error(`no ${kind} was rendered`);
  return found[0];
};
const podsOf = (objects: readonly Rendered[]): Pod[] =>
  objects.filter(({ kind }) => kind === 'Deployment' || kind === 'Job').map(podOf);
const serverOf = (objects: readonly Rendered[]) => {
  const pod = podOf(one(objects, 'Deployment'));
  const server = pod.spec.containers[0];
  if (server === undefined) throw new Error('the pod has no container');
  return { pod, server };
};

describeWithHelm(named('chart hello, rendered by helm'), () => {
  test('passes helm lint --strict', () => {
    for (const values of [[], valuesOfTerrace(everything)]) {
      const { status, stdout, stderr } = helm(['lint', '--strict', chartFolder], values);
      expect({ status, text: stdout + stderr }).toEqual({
        status: 0,
        text: expect.stringContaining('0 chart(s) failed'),
      });
    }
  });

  describe.each(cases)('with %s', (_title, values, kinds) => {
    const objects = reason === undefined ? render(...values) : [];

    test('gives exactly these objects, each valid by the schema of the API and in the namespace', () => {
      expect(objects.map(({ kind }) => kind).sort()).toEqual(kinds);
      expect(objects.flatMap(checkObject)).toEqual([]);
      expect([...new Set(objects.map(({ metadata }) => metadata.namespace))]).toEqual(['demo']);
      const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
      expect(new Set(names).size).toBe(names.length);
    });

    test('keeps its pods within the level restricted', () => {
      expect(podsOf(objects).flatMap(podFaults)).toEqual([]);
    });

    test('sends requests to the serving pods alone, by a port that exists', () => {
      const { selector, ports } = one(objects, 'Service').spec as {
        selector: object;
        ports: { targetPort: string }[];
      };
      const matching = podsOf(objects).filter(({ labels }) =>
        Object.entries(selector).every(([key, value]) => labels[key] === value),
      );
      const { pod, server } = serverOf(objects);
      expect(matching).toEqual([pod]);
      expect(one(objects, 'Deployment').spec).toMatchObject({ selector: { matchLabels: selector } });
      expect(ports.map(({ targetPort }) => targetPort)).toEqual(server.ports?.map(({ name }) => name));
    });

    test('starts within 60 to 120 s, and probes a port that exists', () => {
      const { server } = serverOf(objects);
      const { startupProbe, readinessProbe, livenessProbe } = server;
      const startSeconds = (startupProbe?.periodSeconds ?? 0) * (startupProbe?.failureThreshold ?? 0);
      expect(startSeconds).toBeGreaterThanOrEqual(60);
      expect(startSeconds).toBeLessThanOrEqual(120);
      for (const probe of [startupProbe, readinessProbe, livenessProbe])
        expect(server.ports?.map(({ name }) => name)).toContain(probe?.httpGet.port);
    });

    test('is application to the network rules: no pod bears the mark of a data service', () => {
      for (const { labels } of podsOf(objects)) expect(labels).not.toHaveProperty(['terrace.dev/component']);
    });
  });

  test('takes account, settings and secrets by the names that Terrace gives', () => {
    const objects = render(...valuesOfTerrace({ migration: { enabled: true } }));
    for (const pod of podsOf(objects)) expect(pod.spec.serviceAccountName).toBe('app');
    expect(serverOf(objects).server.envFrom).toEqual([
      { configMapRef: { name: 'app-environment' } },
      { secretRef: { name: 'app-secrets' } },
    ]);
    expect(podOf(one(objects, 'Job')).spec.containers[0]?.env).toContainEqual({
      name: 'DATABASE_URL',
      valueFrom: { secretKeyRef: { name: 'app-secrets', key: 'DATABASE_URL' } },
    });
    for (const { metadata } of objects)
      expect(metadata.labels).toMatchObject({
        'terrace.dev/environment-id': 'env_1',
        'terrace.dev/tenant-id': 'ten_1',
      });
  });

  test('needs nothing of Terrace', () => {
    const { pod, server } = serverOf(render());
    expect(pod.spec).not.toHaveProperty('serviceAccountName');
    expect(pod.spec).not.toHaveProperty('initContainers');
    expect(server).not.toHaveProperty('envFrom');
  });

  test('is found where the ingress of app@1 looks for it', () => {
    const stack = stackOf(inputOf({ releases: [release], ingress: { host: 'shop.example.com' } }));
    const service = one(render(...valuesOfTerrace()), 'Service');
    const backend = { service: { name: service.metadata.name, port: { number: 80 } } };
    expect(JSON.stringify(stack.resource.kubernetes_ingress_v1)).toContain(JSON.stringify(backend));
    expect(service.spec).toMatchObject({ ports: [{ port: 80 }] });
  });

  test('migrates before install and upgrade, with its files there first', () => {
    const objects = render(...valuesOfTerrace({ migration: { enabled: true } }));
    const hooks = objects
      .map(({ kind, metadata }) => ({
        kind,
        ...(metadata.annotations as Record<string, string> | undefined),
      }))
      .filter((found) => 'helm.sh/hook' in found)
      .sort((a, b) => Number(a['helm.sh/hook-weight' as never]) - Number(b['helm.sh/hook-weight' as never]));
    expect(hooks.map(({ kind }) => kind)).toEqual(['ConfigMap', 'Job']);
    for (const hook of hooks)
      expect(hook).toMatchObject({
        'helm.sh/hook': 'pre-install,pre-upgrade',
        'helm.sh/hook-delete-policy': 'before-hook-creation,hook-succeeded',
      });
  });

  test('leaves the number of pods to the autoscaler, and replaces them when the configuration changes', () => {
    const fixed = one(render({ replicaCount: 3 }), 'Deployment');
    const scaled = one(render({ autoscaling: { enabled: true } }), 'Deployment');
    expect(fixed.spec).toMatchObject({ replicas: 3 });
    expect(scaled.spec).not.toHaveProperty('replicas');
    const checksum = (deployment: Rendered) =>
      JSON.stringify(deployment.spec).match(/"checksum\/nginx":"(\w{64})"/)?.[1];
    expect(checksum(scaled)).toBe(checksum(fixed));
    expect(checksum(one(render(...valuesOfTerrace()), 'Deployment'))).not.toBe(checksum(fixed));
  });

  test.each([
    ['an unknown value', { replicas: 2 }, /additional propert.*replicas/i],
    ['a floating image', { image: { tag: 'latest' } }, /image.tag/],
    ['no replica', { replicaCount: 0 }, /replicaCount/],
    ['a start of an hour', { probes: { startPeriodSeconds: 3600 } }, /startPeriodSeconds/],
    [
      'a migration without a secret',
      { migration: { enabled: true } },
      /migration.enabled needs global.terrace.secret/,
    ],
    [
      'an autoscaler upside down',
      { autoscaling: { enabled: true, minReplicas: 6 } },
      /autoscaling.minReplicas is above autoscaling.maxReplicas/,
    ],
  ])('refuses %s', (_what, values, words) => {
    const { status, stderr } = helm(['template', 'app', chartFolder], [values]);
    expect(status).not.toBe(0);
    expect(stderr).toMatch(words);
  });

  test('waits for the servers that are named, and gives up in time', () => {
    const values = [...valuesOfTerrace(), { waitFor: { timeoutSeconds: 1 } }];
    const [, , script] = serverOf(render(...values)).pod.spec.initContainers?.[0]?.command ?? [];
    const run = (env: Record<string, string>) =>
      spawnSync('sh', ['-ec', script ?? 'exit 9'], {
        encoding: 'utf8',
        env: { PATH: process.env.PATH, ...env },
      });
    expect(run({}).status).toBe(0);
    const refused = run({ DATABASE_HOST: '127.0.0.1', DATABASE_PORT: '1' });
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('127.0.0.1:1 does not answer');
  });

  test('every container of everything has a name of its own', () => {
    for (const pod of podsOf(render(...valuesOfTerrace(everything)))) {
      const names = containersOf(pod).map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
    }
  });
});
