import {
  NetworkPolicyV1,
  type NetworkPolicyV1SpecPodSelector,
} from '@cdktf/provider-kubernetes/lib/network-policy-v1/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { commonLabels, componentLabel } from '../app/context.js';
import type { IspContext } from './context.js';
import type { End, Flow } from './flows.js';

export interface ServiceNetworkProps {
  readonly context: IspContext;
  readonly flows: readonly Flow[];
}

const metadataAddress = '169.254.169.254/32';

/** The allowances of the services: for each group of pods one policy with both directions, on top of the environment's refusal of all. */
export class ServiceNetwork extends Construct {
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { context, flows }: ServiceNetworkProps) {
    super(scope, id);
    const groups = [
      ...new Set(flows.flatMap(({ from, to }) => [groupOf(context, from), groupOf(context, to)])),
    ];
    this.ready = groups
      .filter((group) => group !== undefined)
      .sort()
      .map((group) => {
        const ingress = flows
          .filter(({ to }) => groupOf(context, to) === group)
          .map((flow) => ({ from: peersOf(context, flow.from), ports: portsOf(context, flow) }));
        const egress = flows
          .filter(({ from }) => groupOf(context, from) === group)
          .map((flow) => ({ to: peersOf(context, flow.to), ports: portsOf(context, flow) }));
        return new NetworkPolicyV1(this, group, {
          metadata: {
            name: `service-${group}`,
            namespace: context.namespace,
            labels: commonLabels(context.app),
          },
          spec: {
            podSelector: selectorOf(group),
            policyTypes: [
              ...(ingress.length > 0 ? ['Ingress'] : []),
              ...(egress.length > 0 ? ['Egress'] : []),
            ],
            ...(ingress.length > 0 ? { ingress } : {}),
            ...(egress.length > 0 ? { egress } : {}),
          },
        });
      });
  }
}

/** The pods of this environment that an end is; undefined for what is outside. */
function groupOf({ spec }: IspContext, end: End): string | undefined {
  if (end === 'ingress_controller') return undefined;
  if (end === 'database' || end === 'cache') return spec[end].mode === 'in_cluster' ? end : undefined;
  if (typeof end === 'string') return end;
  return 'pod' in end ? end.pod : undefined;
}

function selectorOf(group: string): NetworkPolicyV1SpecPodSelector {
  return group === 'app'
    ? { matchExpressions: [{ key: componentLabel, operator: 'DoesNotExist' }] }
    : { matchLabels: { [componentLabel]: group } };
}

function peersOf(context: IspContext, end: End) {
  const { network } = context.spec;
  const group = groupOf(context, end);
  if (group !== undefined) return [{ podSelector: selectorOf(group) }];
  if (end === 'ingress_controller')
    return [
      { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': network.ingress_namespace } } },
    ];
  if (typeof end === 'object' && 'cidrs' in end) return end.cidrs.map((cidr) => ({ ipBlock: blockOf(cidr) }));
  return [{ ipBlock: { cidr: network.vpc_cidr } }];
}

/** Everywhere is never the address that tells machines their credentials. */
function blockOf(cidr: string) {
  return cidr === '0.0.0.0/0' ? { cidr, except: [metadataAddress] } : { cidr };
}

function portsOf({ database, cache }: IspContext, { to, port, protocol = 'TCP' }: Flow) {
  const own = to === 'database' ? database?.port : to === 'cache' ? cache?.port : port;
  return own === undefined ? [{ protocol }] : [{ port: String(own), protocol }];
}
