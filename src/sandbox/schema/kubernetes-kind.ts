import { lookUp, textAt, type ValueObject } from '../values.js';
import { randomSuffix, stableNumber, stableUuid } from './derived-names.js';
import { metadataFaults, type NameKind } from './kubernetes-rules.js';
import type { ComputeInput, Computed, Identity, TypeOverlay } from './overlay-type.js';

export interface KindProps {
  /** As the API server writes it in errors: `services`. */
  readonly plural: string;
  readonly nameKind?: NameKind;
  readonly clusterScoped?: boolean;
  /** The API server counts generations of this kind. */
  readonly hasGeneration?: boolean;
  readonly overlay?: Omit<TypeOverlay, 'faultsOf' | 'compute'>;
  readonly compute?: (input: ComputeInput, key: string) => Readonly<Record<string, Computed>>;
  readonly faultsOf?: (value: ValueObject) => readonly string[];
}

/** Namespaces that every cluster has from the start. */
export const givenNamespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** The overlay of one kind of Kubernetes object: metadata, identity and errors are alike in all of them. */
export function kind(type: string, props: KindProps): TypeOverlay {
  const { overlay = {}, clusterScoped = false } = props;
  return {
    ...overlay,
    forceNew: [
      ...['metadata.name', 'metadata.generate_name'],
      ...(clusterScoped ? [] : ['metadata.namespace']),
      ...(overlay.forceNew ?? []),
    ],
    defaults: { ...(clusterScoped ? {} : { 'metadata.namespace': 'default' }), ...overlay.defaults },
    renewed: ['metadata.resource_version', 'metadata.generation', ...(overlay.renewed ?? [])],
    names: (value) => ({
      'metadata.name': `${textAt(value, 'metadata.generate_name') ?? ''}${randomSuffix(5)}`,
    }),
    identify: (value) => identify(value, clusterScoped),
    compute: (input) => {
      const key = identify(input.value, clusterScoped)?.objectId ?? '';
      return {
        ...metadataOf(type, input, { key, counted: props.hasGeneration ?? false }),
        ...props.compute?.(input, key),
      };
    },
    faultsOf: (value) => [
      ...metadataFaults(value, props.nameKind ?? 'subdomain'),
      ...(props.faultsOf?.(value) ?? []),
    ],
    alreadyExists: (_value, identity) => `${props.plural} "${identity.name}" already exists`,
    parentMissing: (identity) => `namespaces "${identity.parent?.objectId}" not found`,
  };
}

function identify(value: ValueObject, clusterScoped: boolean): Identity | undefined {
  const name = textAt(value, 'metadata.name');
  if (name === undefined) return undefined;
  if (clusterScoped) return { objectId: name, name };
  const namespace = textAt(value, 'metadata.namespace') ?? 'default';
  return {
    objectId: `${namespace}/${name}`,
    name,
    parent: { type: 'kubernetes_namespace_v1', objectId: namespace },
  };
}

function metadataOf(type: string, input: ComputeInput, props: { key: string; counted: boolean }) {
  const { run, prior } = input;
  const version = prior && Number(lookUp(prior, 'metadata.resource_version'));
  const generation = prior && Number(lookUp(prior, 'metadata.generation') ?? 0);
  return {
    id: props.key,
    'metadata.uid': stableUuid(run, type, props.key),
    'metadata.resource_version': String(
      version ? version + 1 : 1000 + stableNumber(run, 900_000, type, props.key),
    ),
    'metadata.generation': props.counted ? (generation ?? 0) + 1 : 0,
  };
}
