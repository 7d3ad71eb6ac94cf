import type { Construct } from 'constructs';
import type { StackInput } from '../../src/spec/stack-input.js';
import { AppStack } from '../app/stack.js';
import { literal } from '../literal.js';
import type { IspContext } from './context.js';
import { Portal } from './portal.js';
import { appSpecOf } from './spec-app.js';
import { sizingOf } from './spec-sizing.js';
import { ispSpecV1 } from './spec.js';

export interface IspStackProps {
  readonly input: StackInput;
}

/** The stack of `isp@1` for an input. */
export function build(scope: Construct, input: StackInput): IspStack {
  return new IspStack(scope, 'environment', { input });
}

/** Blueprint `isp@1`: what `app@1` makes, sized by customers, with frontend, backend and the services of an internet provider.
 *  Throws ZodError on a wrong spec. */
export class IspStack extends AppStack {
  constructor(scope: Construct, id: string, { input }: IspStackProps) {
    const spec = ispSpecV1.parse(input.spec);
    super(scope, id, { input: { ...input, spec: appSpecOf(spec) } });
    const context: IspContext = {
      app: this.context,
      spec: literal(spec),
      sizing: sizingOf(spec),
      namespace: this.namespace,
      walls: this.walls,
      ...(this.database ? { database: this.database } : {}),
      ...(this.cache ? { cache: this.cache } : {}),
    };
    const { variables } = this;
    const data = [...variables.ready, ...(this.database?.ready ?? []), ...(this.cache?.ready ?? [])];
    const dependsOn = [...this.walls, ...data];
    const configMap = variables.configMapName;
    new Portal(this, 'backend', {
      context,
      part: 'backend',
      configMap,
      secret: variables.secretName,
      dependsOn,
    });
    new Portal(this, 'frontend', { context, part: 'frontend', configMap, dependsOn });
  }
}
