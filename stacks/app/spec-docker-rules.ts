import { canonicalJson } from '../../src/lib/canonical-json.js';
import type { SpecRule } from '../../src/spec/spec-rule.js';
import type { AppSpecV1 } from './spec.js';

type Rule = SpecRule<AppSpecV1>;
type Workload = AppSpecV1['workloads'][number];
type Part = keyof AppSpecV1;

const onDocker = (spec: AppSpecV1) => spec.target === 'docker';
const same = (one: unknown, other: unknown) => canonicalJson(one ?? null) === canonicalJson(other ?? null);
const not = (why: string) => `is not for target "docker": ${why}`;

/** Parts of the spec that a machine takes whole. */
const known: readonly Part[] = ['target', 'docker', 'variables', 'migration', 'workloads'];

/** Parts of which a machine takes some fields. */
const partly = {
  quota: ['cpu', 'memory', 'storage'],
  database: ['mode', 'engine', 'version', 'size'],
  cache: ['mode', 'size'],
} as const satisfies Partial<Record<Part, readonly string[]>>;

/** Why a machine has nothing for a part; the others are objects of a cluster. */
const reasons: Partial<Record<Part, string>> = {
  namespace: 'a machine has no namespaces',
  limits: 'they are those of a namespace; give each workload its resources',
  network: 'Docker holds no container to it',
  ingress: 'workloads are published on 127.0.0.1, without TLS',
};

/** The rules of target `docker`. `usual` is the spec of `{}`: what differs from it has been asked for. */
export function dockerRules(parts: readonly Part[], usual: AppSpecV1): readonly Rule[] {
  const whole = parts.filter((one) => !known.includes(one) && !(one in partly));
  return [
    ...whole.map((path) => ({
      path,
      when: (spec: AppSpecV1) => onDocker(spec) && !same(spec[path], usual[path]),
      message: not(reasons[path] ?? 'it is of a cluster'),
    })),
    ...Object.entries(partly).map(([path, fields]) => ({
      path,
      when: (spec: AppSpecV1) =>
        onDocker(spec) &&
        !same(
          without(spec[path as keyof typeof partly], fields),
          without(usual[path as keyof typeof partly], fields),
        ),
      message: `takes ${fields.join(', ')} only when target is "docker"`,
    })),
    ...ownRules,
  ];
}

function without(part: object, fields: readonly string[]): object {
  return Object.fromEntries(
    Object.entries(part).filter(([name, value]) => !fields.includes(name) && value !== undefined),
  );
}

function workloads(breaks: (one: Workload) => boolean, message: string): Rule {
  return { path: 'workloads', when: (spec) => onDocker(spec) && spec.workloads.some(breaks), message };
}

const rootless = 'is required when target is "docker": nothing else keeps a container from running as root';
const noEmpty = not('Docker takes no empty argument');
const oneContainer = 'a workload is one container there';
const hasEmpty = (one: Pick<Workload, 'command' | 'args'> | undefined) =>
  [...(one?.command ?? []), ...(one?.args ?? [])].includes('');
const serving = (spec: AppSpecV1) =>
  spec.workloads.filter((one) => one.port !== undefined).map((one) => one.name);
const inContainer = (mode: string) => ['in_cluster', 'none'].includes(mode);

const ownRules: readonly Rule[] = [
  {
    path: 'docker',
    when: ({ target, docker }) =>
      target !== 'docker' && (Object.keys(docker.ports).length > 0 || docker.unchecked.length > 0),
    message: 'needs target "docker"',
  },
  {
    path: 'docker.ports',
    when: (spec) => Object.keys(spec.docker.ports).some((name) => !serving(spec).includes(name)),
    message: 'names a workload that is not there or has no port',
  },
  {
    path: 'docker.ports',
    when: ({ docker: { ports } }) => new Set(Object.values(ports)).size < Object.keys(ports).length,
    message: 'ports must differ',
  },
  {
    path: 'docker.unchecked',
    when: (spec) =>
      spec.docker.unchecked.some((name) => !spec.workloads.some((workload) => workload.name === name)),
    message: 'names a workload that is not there',
  },
  ...(['database', 'cache'] as const).map((part) => ({
    path: `${part}.mode`,
    when: (spec: AppSpecV1) => onDocker(spec) && !inContainer(spec[part].mode),
    message: not('a machine has "in_cluster", which is a container there, or "none"'),
  })),
  workloads((one) => one.replicas !== 1, `replicas ${not(oneContainer)}`),
  workloads((one) => one.autoscaling !== undefined, `autoscaling ${not(oneContainer)}`),
  workloads((one) => one.disruption !== undefined, `disruption ${not('there are no nodes to drain')}`),
  workloads((one) => one.spread !== 'node', `spread ${not('there is one machine')}`),
  workloads(
    (one) => one.storage?.storage_class !== undefined,
    `storage.storage_class ${not('volumes are local')}`,
  ),
  workloads(
    (one) => one.wait_for.some((other) => typeof other !== 'string'),
    `wait_for ${not('name workloads only; servers by address are not waited for')}`,
  ),
  workloads((one) => one.user_id === undefined, `user_id ${rootless}`),
  workloads(hasEmpty, noEmpty),
  {
    path: 'workloads',
    when: (spec) =>
      onDocker(spec) &&
      spec.migration !== undefined &&
      spec.workloads.some((one) => one.name === 'migration'),
    message: 'the name "migration" is that of the migration',
  },
  {
    path: 'migration.user_id',
    when: (spec) => onDocker(spec) && spec.migration !== undefined && spec.migration.user_id === undefined,
    message: rootless,
  },
  {
    path: 'migration.args',
    when: (spec) => onDocker(spec) && hasEmpty(spec.migration),
    message: noEmpty,
  },
];
