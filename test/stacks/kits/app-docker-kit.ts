import { blueprint } from '../../../stacks/app/blueprint.js';
import { merged, type Kit } from './kit.js';

const image = (name: string, version = '1.4.2') => `registry.example.com/shop/${name}:${version}`;

const frontend = { name: 'frontend', image: image('web'), port: 8080, user_id: 1000, wait_for: ['backend'] };
const backend = {
  name: 'backend',
  image: image('api'),
  port: 9090,
  user_id: 1000,
  args: ['serve'],
  env: { A: '${b}' },
  health: { path: '/healthz' },
  read_only_root: true,
  scratch_paths: ['/tmp'],
  storage: { path: '/data', size: '1Gi' },
};
const mailer = { name: 'mailer', image: image('mailer'), user_id: 1001 };

const migration = { image: image('api'), args: ['migrate'], user_id: 1000 };

/** Everything that target `docker` knows. */
export const dockerEverything = {
  target: 'docker',
  variables: { LOG_LEVEL: 'info', A: '${not_a_reference}' },
  database: { mode: 'in_cluster' },
  cache: { mode: 'in_cluster' },
  migration,
  workloads: [frontend, backend, mailer],
  docker: { ports: { frontend: 8080 }, unchecked: ['mailer'] },
};

/** `app@1` on development machines: a kit of its own, for it takes few of the parameters that a cluster takes. */
export const appDockerKit: Kit = {
  blueprint,
  base: { target: 'docker', quota: { cpu: '8', memory: '32Gi', storage: '100Gi' } },
  parameters: {
    target: { docker: { target: 'docker' } },
    variables: { none: {}, some: { variables: { LOG_LEVEL: 'info', A: '${b} %{c}' } } },
    database: {
      none: { database: { mode: 'none' } },
      postgres: { database: { mode: 'in_cluster', version: '16' } },
      mysql: { database: { engine: 'mysql' } },
    },
    database_size: {
      small: {},
      medium: { database: { size: 'medium' } },
      large: { database: { size: 'large' } },
    },
    cache: { none: { cache: { mode: 'none' } }, in_cluster: { cache: { mode: 'in_cluster' } } },
    cache_size: { small: {}, medium: { cache: { size: 'medium' } }, large: { cache: { size: 'large' } } },
    migration: { none: {}, some: { migration } },
    workloads: {
      none: {},
      plain: { workloads: [{ name: 'mailer', image: image('mailer'), user_id: 1001 }] },
      full: { workloads: [frontend, backend, mailer], docker: { unchecked: ['mailer'] } },
    },
  },
  everything: dockerEverything,
  lives: [
    {
      name: 'on a development machine',
      first: dockerEverything,
      then: merged(dockerEverything, {
        workloads: [
          { ...frontend, image: image('web', '1.5.0') },
          { ...backend, resources: { memory: '1Gi' } },
          mailer,
        ],
      }),
      changed: {
        'docker_container.workload_backend': 'update',
        'docker_container.workload_frontend': 'delete+create',
        'docker_image.workload_frontend': 'delete+create',
      },
    },
    {
      name: 'on a development machine, MySQL grown',
      first: { target: 'docker', database: { engine: 'mysql' }, cache: { mode: 'none' } },
      then: {
        target: 'docker',
        database: { engine: 'mysql', size: 'medium' },
        cache: { mode: 'none' },
      },
      // The volume with the data stays as it is.
      changed: { 'docker_container.database': 'delete+create' },
    },
  ],
};
