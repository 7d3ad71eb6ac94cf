import type { SpecRule } from '../../src/spec/spec-rule.js';
import type { AppSpecV1 } from './spec.js';

type Ingress = NonNullable<AppSpecV1['ingress']>;

const broken = (breaks: (ingress: Ingress, spec: AppSpecV1) => boolean) => (spec: AppSpecV1) =>
  spec.ingress !== undefined && breaks(spec.ingress, spec);

/** The rules of the public address. */
export const ingressRules: readonly SpecRule<AppSpecV1>[] = [
  {
    path: 'ingress.host',
    when: broken(({ host, base_domain: base }) => host === undefined && base === undefined),
    message: 'is required, or give base_domain',
  },
  {
    path: 'ingress.subdomain',
    when: broken(
      ({ host, subdomain, base_domain: base }) => subdomain !== undefined && (host !== undefined || !base),
    ),
    message: 'goes with base_domain and without host',
  },
  {
    path: 'ingress.host',
    when: broken(
      ({ host, base_domain: base }) => host !== undefined && base !== undefined && !host.endsWith(`.${base}`),
    ),
    message: 'must be below base_domain, or leave base_domain out',
  },
  {
    path: 'ingress.tls',
    when: broken(({ tls }) => tls.issuer !== undefined && tls.secret_name !== undefined),
    message: 'takes issuer or secret_name, not both',
  },
  {
    path: 'ingress.tls',
    when: broken(
      ({ tls, gateway }) => gateway !== undefined && Object.values(tls).some((one) => one !== undefined),
    ),
    message: 'is the business of the Gateway; leave it out',
  },
  {
    path: 'ingress.annotations',
    when: broken(({ annotations, gateway }) => gateway !== undefined && Object.keys(annotations).length > 0),
    message: 'are for an Ingress; a Gateway reads none',
  },
  {
    path: 'ingress.paths',
    when: broken(({ paths = [] }) => new Set(paths.map((one) => one.path)).size < paths.length),
    message: 'paths must differ',
  },
  {
    path: 'ingress.paths',
    when: broken(
      ({ paths = [] }, { workloads, releases }) =>
        workloads.length > 0 &&
        releases.length === 0 &&
        paths.some(
          ({ service }) => !workloads.some(({ name, port }) => name === service && port !== undefined),
        ),
    ),
    message: 'name a service that no workload with a port has',
  },
  {
    path: 'ingress.paths',
    when: broken(({ paths = [] }, { workloads }) =>
      paths.some(({ service, port }) =>
        workloads.some((one) => one.name === service && port !== undefined && one.port !== port),
      ),
    ),
    message: 'name a port that the workload does not serve; leave port out',
  },
];
