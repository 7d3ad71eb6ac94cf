import type { DeploymentV1SpecTemplateSpecContainer } from '@cdktf/provider-kubernetes/lib/deployment-v1/index.js';

/** The environment of a container. Where a name comes twice, `env` wins over `secretEnv`, and both over `configMaps` and `secrets`. */
export interface ContainerEnvProps {
  /** Plain variables. @default - none */
  readonly env?: Readonly<Record<string, string>>;
  /** Variables that each take one key of a Secret. @default - none */
  readonly secretEnv?: Readonly<Record<string, { readonly secret: string; readonly key: string }>>;
  /** ConfigMaps whose every key becomes a variable. @default - none */
  readonly configMaps?: readonly string[];
  /** Secrets whose every key becomes a variable. @default - none */
  readonly secrets?: readonly string[];
}

/** The fields `env` and `env_from` of a container, by name, so that the order of a request does not matter. */
export function containerEnv({ env = {}, secretEnv = {}, configMaps = [], secrets = [] }: ContainerEnvProps) {
  const fromSecrets = Object.entries(secretEnv)
    .filter(([name]) => !(name in env))
    .map(([name, { secret, key }]) => ({ name, valueFrom: { secretKeyRef: { name: secret, key } } }));
  const plain = Object.entries(env).map(([name, value]) => ({ name, value }));
  return {
    env: [...fromSecrets.sort(byName), ...plain.sort(byName)],
    envFrom: [
      ...configMaps.map((name) => ({ configMapRef: { name } })),
      ...secrets.map((name) => ({ secretRef: { name } })),
    ],
  } satisfies Partial<DeploymentV1SpecTemplateSpecContainer>;
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
