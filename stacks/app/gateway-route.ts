import { Manifest } from '@cdktf/provider-kubernetes/lib/manifest/index.js';
import { Construct } from 'constructs';
import { commonLabels, type AppContext } from './context.js';
import { ingressPaths } from './ingress-paths.js';
import type { AppSpecV1 } from './spec.js';

export interface GatewayRouteProps {
  readonly context: AppContext;
  readonly namespace: string;
  readonly gateway: NonNullable<NonNullable<AppSpecV1['ingress']>['gateway']>;
  readonly host: string;
}

/** The public address as a route of a Gateway, at its HTTPS listener. Source: Gateway API, HTTPRoute, gateway.networking.k8s.io/v1. */
export class GatewayRoute extends Construct {
  readonly url: string;

  constructor(scope: Construct, id: string, { context, namespace, gateway, host }: GatewayRouteProps) {
    super(scope, id);
    new Manifest(this, '$route', {
      manifest: {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'HTTPRoute',
        metadata: { name: 'app', namespace, labels: commonLabels(context) },
        spec: {
          parentRefs: [{ name: gateway.name, namespace: gateway.namespace, sectionName: gateway.section }],
          hostnames: [host],
          rules: ingressPaths(context.spec).map(({ path, service, port }) => ({
            matches: [{ path: { type: 'PathPrefix', value: path } }],
            backendRefs: [{ name: service, port }],
          })),
        },
      },
    });
    this.url = `https://${host}`;
  }
}
