import { cpuCores, gigabytes } from '../../src/spec/quantity.js';
import type { SpecRule } from '../../src/spec/spec-rule.js';
import { metadataAddress, rangeHolds } from '../../src/spec/ipv4-range.js';
import { dataRules } from './spec-data-rules.js';
import { ingressRules } from './spec-ingress-rules.js';
import { releaseRules } from './spec-release-rules.js';
import { workloadRules } from './spec-workload-rules.js';
import type { AppSpecV1 } from './spec.js';

/** The rules of `app@1` that no single field can tell. */
export const appRules: readonly SpecRule<AppSpecV1>[] = [
  ...dataRules,
  ...workloadRules,
  ...releaseRules,
  ...ingressRules,
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
    path: 'network.egress',
    when: ({ network }) =>
      network.egress.some(({ cidr, namespace }) => (cidr === undefined) === (namespace === undefined)),
    message: 'a rule takes cidr or namespace',
  },
  {
    path: 'network.egress',
    when: ({ network }) =>
      network.egress.some((rule) => rule.namespace === undefined && rule.pod_labels !== undefined),
    message: 'pod_labels go with namespace',
  },
  {
    path: 'network.egress',
    when: ({ network }) =>
      network.egress.some(({ cidr, except }) =>
        except.some((range) => cidr === undefined || !rangeHolds(cidr, range)),
      ),
    message: 'except takes ranges that are within cidr',
  },
  {
    path: 'network.egress',
    when: ({ network }) =>
      network.egress.some(({ cidr }) => cidr !== undefined && rangeHolds(metadataAddress, cidr)),
    message: "the cloud's metadata service is out of reach",
  },
];
