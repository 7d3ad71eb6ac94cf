import { SecretV1 } from '@cdktf/provider-kubernetes/lib/secret-v1/index.js';
import { TerraformVariable, type TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { commonLabels } from '../app/context.js';
import type { IspContext } from './context.js';

export interface ServiceSecretProps {
  readonly context: IspContext;
  readonly name: string;
  /** Key -> reference to a sensitive variable, or an expression of such. */
  readonly data: Readonly<Record<string, string>>;
}

/** The Secret of a service, made of sensitive variables. */
export class ServiceSecret extends Construct {
  readonly secretName: string;
  readonly resource: SecretV1;

  constructor(scope: Construct, id: string, { context, name, data }: ServiceSecretProps) {
    super(scope, id);
    this.resource = new SecretV1(this, '$secret', {
      metadata: { name, namespace: context.namespace, labels: commonLabels(context.app) },
      data: { ...data },
    });
    this.secretName = name;
  }

  /** `name -> key of this secret`, as containers take it. */
  env(...keys: readonly string[]): Record<string, { readonly secret: string; readonly key: string }> {
    return Object.fromEntries(keys.map((key) => [key, { secret: this.secretName, key }]));
  }
}

/** A secret that the engine makes once and keeps; the blueprint lists it in `secrets`. */
export function secretVariable(stack: TerraformStack, name: string, description: string): TerraformVariable {
  return new TerraformVariable(stack, name, {
    type: 'string',
    sensitive: true,
    nullable: false,
    description,
  });
}
