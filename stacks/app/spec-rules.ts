import { cpuCores, gigabytes } from '../../src/spec/quantity.js';
import type { SpecRule } from '../../src/spec/spec-rule.js';
import { dataRules } from './spec-data-rules.js';
import { workloadRules } from './spec-workload-rules.js';
import type { AppSpecV1 } from './spec.js';

/** The rules of `app@1` that no single field can tell. */
export const appRules: readonly SpecRule<AppSpecV1>[] = [
  ...dataRules,
  ...workloadRules,
  {
    path: 'limits.cpu_request',
    when: ({ limits }) => cpuCores(limits.cpu_request) > cpuCores(limits.cpu),
    message: 'must not be above limits.cpu',
  },
  {
    path: 'limits.memory_request',
    when: ({ limits }) => gigabytes(limits.memory_request) > gigabytes(limits.memory),
    message: 'must not be above limits.memory',
  },
  {
    path: 'network.egress',
    when: ({ network }) => new Set(network.egress.map((rule) => rule.name)).size < network.egress.length,
    message: 'names of rules must differ',
  },
  {
    path: 'ingress.host',
    when: ({ ingress }) =>
      ingress !== undefined && ingress.host === undefined && ingress.base_domain === undefined,
    message: 'is required, or give base_domain',
  },
  {
    path: 'ingress.subdomain',
    when: ({ ingress }) =>
      ingress?.subdomain !== undefined && (ingress.host !== undefined || !ingress.base_domain),
    message: 'goes with base_domain and without host',
  },
  {
    path: 'ingress.host',
    when: ({ ingress }) =>
      ingress?.host !== undefined &&
      ingress.base_domain !== undefined &&
      !ingress.host.endsWith(`.${ingress.base_domain}`),
    message: 'must be below base_domain, or leave base_domain out',
  },
  {
    path: 'ingress.tls',
    when: ({ ingress }) => ingress?.tls.issuer !== undefined && ingress.tls.secret_name !== undefined,
    message: 'takes issuer or secret_name, not both',
  },
  {
    path: 'ingress.paths',
    when: ({ ingress }) =>
      ingress !== undefined && new Set(ingress.paths.map((one) => one.path)).size < ingress.paths.length,
    message: 'paths must differ',
  },
];
