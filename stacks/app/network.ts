import {
  NetworkPolicyV1,
  type NetworkPolicyV1SpecEgress,
  type NetworkPolicyV1SpecIngress,
  type NetworkPolicyV1SpecPodSelector,
} from '@cdktf/provider-kubernetes/lib/network-policy-v1/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { metadataAddress, rangeHolds } from '../../src/spec/ipv4-range.js';
import { commonLabels, type AppContext } from './context.js';
import { appPods, dataPolicies } from './data-policies.js';

type EgressRule = AppContext['spec']['network']['egress'][number];

export interface NetworkProps {
  readonly context: AppContext;
  readonly namespace: string;
}

interface PolicyProps {
  readonly pods: NetworkPolicyV1SpecPodSelector;
  readonly ingress?: NetworkPolicyV1SpecIngress;
  readonly egress?: NetworkPolicyV1SpecEgress;
}

const everyPod: NetworkPolicyV1SpecPodSelector = {};
const inNamespace = (name: string) => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
});

/** Nothing in, nothing out, then the few allowances that the environment needs; nothing is allowed between tenants. */
export class Network extends Construct {
  readonly ready: ITerraformDependable[] = [];
  private readonly props: NetworkProps;

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    this.props = props;
    const { spec } = props.context;
    this.policy('default-deny', { pods: everyPod });
    this.policy('dns', {
      pods: everyPod,
      egress: {
        to: [inNamespace('kube-system')],
        ports: [
          { port: '53', protocol: 'UDP' },
          { port: '53', protocol: 'TCP' },
        ],
      },
    });
    this.policy('app', {
      pods: appPods,
      ingress: { from: [{ podSelector: appPods }] },
      egress: { to: [{ podSelector: appPods }] },
    });
    if (spec.ingress !== undefined)
      this.policy('ingress-controller', {
        pods: appPods,
        ingress: { from: [inNamespace(spec.ingress.gateway?.namespace ?? spec.network.ingress_namespace)] },
      });
    for (const { name, ...policy } of dataPolicies(props.context)) this.policy(name, policy);
    if (spec.observability.service_monitor)
      this.policy('monitoring', {
        pods: appPods,
        ingress: { from: [inNamespace(spec.observability.namespace)] },
      });
    for (const rule of spec.network.egress)
      this.policy(`egress-${rule.name}`, {
        pods: appPods,
        egress: {
          to: [destinationOf(rule)],
          ports: rule.ports.map((port) => ({ port: String(port), protocol: rule.protocol })),
        },
      });
  }

  private policy(name: string, { pods, ingress, egress }: PolicyProps): void {
    const { context, namespace } = this.props;
    const both = ingress === undefined && egress === undefined;
    const resource = new NetworkPolicyV1(this, name, {
      metadata: { name, namespace, labels: commonLabels(context) },
      spec: {
        podSelector: pods,
        policyTypes: [...(both || ingress ? ['Ingress'] : []), ...(both || egress ? ['Egress'] : [])],
        ...(ingress ? { ingress: [ingress] } : {}),
        ...(egress ? { egress: [egress] } : {}),
      },
    });
    this.ready.push(resource);
  }
}

function destinationOf({ cidr, except, namespace, pod_labels: podLabels }: EgressRule) {
  if (cidr === undefined)
    return {
      ...inNamespace(namespace ?? ''),
      ...(podLabels ? { podSelector: { matchLabels: podLabels } } : {}),
    };
  const refused = [...except, ...(rangeHolds(cidr, metadataAddress) ? [metadataAddress] : [])];
  return { ipBlock: { cidr, ...(refused.length > 0 ? { except: [...new Set(refused)].sort() } : {}) } };
}
