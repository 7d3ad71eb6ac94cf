import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import type { Feature } from '../../src/sizing/sizing-table.js';
import type { StackInput } from '../../src/spec/stack-input.js';
import { AppStack } from '../app/stack.js';
import { literal } from '../literal.js';
import type { IspContext, ServiceConstructProps } from './context.js';
import { flowsOf } from './flows.js';
import { Genieacs } from './genieacs.js';
import { Grafana } from './grafana.js';
import { Librenms } from './librenms.js';
import { Netbox } from './netbox.js';
import { IspOutputs } from './outputs.js';
import { Portal } from './portal.js';
import { Prometheus } from './prometheus.js';
import { Radius } from './radius.js';
import { ServiceNetwork } from './service-network.js';
import { appSpecOf } from './spec-app.js';
import { enabledServices, sizingOf } from './spec-sizing.js';
import { ispSpecV1 } from './spec.js';
import { TenantSetup } from './tenant-setup.js';
import { Wireguard } from './wireguard.js';

export interface IspStackProps {
  readonly input: StackInput;
}

/** The stack of `isp@1` for an input. */
export function build(scope: Construct, input: StackInput): IspStack {
  return new IspStack(scope, 'environment', { input });
}

type ServiceConstruct = new (scope: Construct, id: string, props: ServiceConstructProps) => Construct;

const services: Record<Feature, ServiceConstruct> = {
  radius: Radius,
  netbox: Netbox,
  genieacs: Genieacs,
  wireguard: Wireguard,
  librenms: Librenms,
  prometheus: Prometheus,
  grafana: Grafana,
};

/** Blueprint `isp@1`: what `app@1` makes, sized by customers, with frontend, backend and the services of an internet provider.
 *  Throws ZodError on a wrong spec. */
export class IspStack extends AppStack {
  constructor(scope: Construct, id: string, { input }: IspStackProps) {
    const spec = ispSpecV1.parse(input.spec);
    super(scope, id, { input: { ...input, spec: appSpecOf(spec) } });
    const outside: IspContext = {
      app: this.context,
      spec: literal(spec),
      sizing: sizingOf(spec),
      namespace: this.namespace,
      walls: this.walls,
      ...(this.database ? { database: this.database } : {}),
      ...(this.cache ? { cache: this.cache } : {}),
    };
    const network = new ServiceNetwork(this, 'services', { context: outside, flows: flowsOf(outside.spec) });
    const context = { ...outside, walls: [...this.walls, ...network.ready] };
    const data: ITerraformDependable[] = [
      ...this.variables.ready,
      ...(this.database?.ready ?? []),
      ...(this.cache?.ready ?? []),
    ];
    const setup = this.database
      ? new TenantSetup(this, 'tenant-setup', { context, dependsOn: data }).ready
      : [];
    for (const name of enabledServices(spec)) new services[name](this, name, { context, dependsOn: data });
    const dependsOn = [...context.walls, ...data, ...setup];
    const { configMapName: configMap, secretName: secret } = this.variables;
    new Portal(this, 'backend', { context, part: 'backend', configMap, secret, dependsOn });
    new Portal(this, 'frontend', { context, part: 'frontend', configMap, dependsOn });
    new IspOutputs(this, '$isp-outputs', { context });
  }
}
