import { ConfigMapV1 } from '@cdktf/provider-kubernetes/lib/config-map-v1/index.js';
import { NamespaceV1 } from '@cdktf/provider-kubernetes/lib/namespace-v1/index.js';
import { KubernetesProvider } from '@cdktf/provider-kubernetes/lib/provider/index.js';
import { TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import { EnvironmentStack, environmentNames, literal } from 'terrace/stack';
import { blueprint } from './blueprint.js';

/** The stack of `greeting@1` for an input. */
export function build(scope, input) {
  const stack = new EnvironmentStack(scope, 'environment');
  const { greeting } = literal(blueprint.schema.parse(input.spec));
  new KubernetesProvider(stack, 'kubernetes');
  const { namespace: name } = environmentNames(input);
  const namespace = new NamespaceV1(stack, 'namespace', { metadata: { name } });
  new ConfigMapV1(stack, 'greeting', {
    metadata: { name: 'greeting', namespace: namespace.metadata.name },
    data: { greeting },
  });
  const outputs = new Construct(stack, '$outputs');
  new TerraformOutput(outputs, 'namespace', { value: namespace.metadata.name });
  return stack;
}
