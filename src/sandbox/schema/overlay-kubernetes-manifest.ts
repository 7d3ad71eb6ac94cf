import { isObject, lookUp, textAt, type ValueObject } from '../values.js';
import { nameFaults } from './kubernetes-rules.js';
import type { Identity, TypeOverlay } from './overlay-type.js';

const at = (value: ValueObject, path: string) => textAt(value, `manifest.value.${path}`);

/** By the import id of the provider: `apiVersion=v1,kind=ConfigMap,namespace=default,name=app`. */
function identify(value: ValueObject): Identity | undefined {
  const [apiVersion, kind, name] = [at(value, 'apiVersion'), at(value, 'kind'), at(value, 'metadata.name')];
  if (apiVersion === undefined || kind === undefined || name === undefined) return undefined;
  const namespace = at(value, 'metadata.namespace');
  const place = namespace === undefined ? '' : `namespace=${namespace},`;
  return {
    objectId: `apiVersion=${apiVersion},kind=${kind},${place}name=${name}`,
    name,
    ...(namespace !== undefined && { parent: { type: 'kubernetes_namespace_v1', objectId: namespace } }),
  };
}

function manifestFaults(value: ValueObject): string[] {
  const manifest = lookUp(value, 'manifest.value');
  if (!isObject(manifest)) return [];
  const missing = ['apiVersion', 'kind', 'metadata'].filter((name) => (manifest[name] ?? null) === null);
  return [
    ...missing.map((name) => `manifest: missing required member "${name}"`),
    ...('status' in manifest ? ['manifest: member "status" is not allowed in configuration'] : []),
    ...nameFaults(at(value, 'metadata.name'), 'metadata.name', 'segment'),
    ...nameFaults(at(value, 'metadata.namespace'), 'metadata.namespace', 'label'),
  ];
}

/** Any object of the cluster, told as it is: `manifest` and `object` are values of any type. */
export const manifestOverlay: TypeOverlay = {
  forceNew: ['apiVersion', 'kind', 'metadata.name', 'metadata.namespace'].map(
    (path) => `manifest.value.${path}`,
  ),
  unknownWhen: { object: ['manifest'] },
  identify,
  compute: ({ value }) => ({ object: value['manifest'] }),
  faultsOf: manifestFaults,
  alreadyExists: (value, { name }) => {
    const namespace = at(value, 'metadata.namespace');
    const full = namespace === undefined ? name : `${namespace}/${name}`;
    return `Cannot create resource that already exists: resource "${full}" already exists`;
  },
  parentMissing: ({ parent }) => `namespaces "${parent?.objectId}" not found`,
};
