import type { SpecRule } from '../../src/spec/spec-rule.js';
import type { AppSpecV1 } from './spec.js';

type Release = AppSpecV1['releases'][number];

const some = (breaks: (one: Release) => boolean) => (spec: AppSpecV1) => spec.releases.some(breaks);
const differ = (names: readonly string[]) => new Set(names).size === names.length;

/** The rules of releases. */
export const releaseRules: readonly SpecRule<AppSpecV1>[] = [
  {
    path: 'releases',
    when: ({ releases }) => !differ(releases.map((one) => one.name)),
    message: 'names of releases must differ',
  },
  {
    path: 'releases',
    when: ({ releases }) => {
      const names = releases.map((one) => one.name);
      return releases.some(({ after }) => after.some((name) => !names.includes(name)));
    },
    message: 'after names a release that is not there',
  },
  {
    path: 'releases',
    when: ({ releases }) => releasesInOrder(releases).length < releases.length && afterAllKnown(releases),
    message: 'releases come after each other in a circle',
  },
  {
    path: 'releases',
    when: some(({ atomic, wait }) => atomic && !wait),
    message: 'atomic needs wait: what is not waited for cannot be undone; set atomic to false too',
  },
  {
    path: 'releases',
    when: (spec) =>
      spec.releases.some(({ set_secrets: secrets }) =>
        Object.values(secrets).some((name) => !secretNames(spec).includes(name)),
      ),
    message: 'set_secrets names a secret of a database or cache that the environment has no password of',
  },
  {
    path: 'releases',
    when: some(({ scaling }) =>
      scaling.some((one) => one.autoscaling && one.autoscaling.min > one.autoscaling.max),
    ),
    message: 'scaling.autoscaling.min must not be above scaling.autoscaling.max',
  },
  {
    path: 'releases',
    when: ({ releases, workloads }) => {
      const scaled = releases.flatMap((one) => one.scaling.map(({ deployment }) => deployment));
      return !differ(scaled) || workloads.some(({ name }) => scaled.includes(name));
    },
    message: 'scaling names a Deployment twice, or one that is a workload',
  },
];

/** The releases, each behind those that it comes after; those in a circle are left out. */
export function releasesInOrder(releases: readonly Release[]): Release[] {
  const done: Release[] = [];
  const isDone = (name: string) => done.some((one) => one.name === name);
  for (let before = -1; before < done.length;) {
    before = done.length;
    for (const one of releases) if (!isDone(one.name) && one.after.every(isDone)) done.push(one);
  }
  return done;
}

function afterAllKnown(releases: readonly Release[]): boolean {
  const names = releases.map((one) => one.name);
  return differ(names) && releases.every(({ after }) => after.every((name) => names.includes(name)));
}

/** Keys of the environment's Secret. */
function secretNames({ database, cache }: AppSpecV1): string[] {
  const managed = 'password' in database && database.password === 'managed';
  return [
    ...(database.mode === 'none' || managed ? [] : ['DATABASE_URL', 'DATABASE_PASSWORD']),
    ...(cache.mode === 'none' ? [] : ['REDIS_URL', 'REDIS_PASSWORD']),
  ];
}
