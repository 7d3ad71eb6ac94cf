import { isObject, lookUp, textAt, UNKNOWN, type ValueObject } from '../values.js';

/** The names the Kubernetes API server accepts: RFC 1123 labels and subdomains, and what is made of them. */
const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const serviceLabel = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const keyName = /^[-._a-zA-Z0-9]+$/;
const quantity = /^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$/;

const kinds = {
  label: { pattern: label, max: 63, text: 'a lowercase RFC 1123 label' },
  service: { pattern: serviceLabel, max: 63, text: 'a DNS-1035 label' },
  subdomain: { pattern: subdomain, max: 253, text: 'a lowercase RFC 1123 subdomain' },
  segment: { pattern: /^(?!\.{1,2}$)[^/%]+$/, max: 253, text: 'a path segment name' },
} as const;
export type NameKind = keyof typeof kinds;

/** Faults of `metadata`: name, namespace, labels, annotation keys. */
export function metadataFaults(value: ValueObject, nameKind: NameKind): string[] {
  const faults = nameFaults(textAt(value, 'metadata.name'), 'metadata.name', nameKind);
  faults.push(...nameFaults(textAt(value, 'metadata.namespace'), 'metadata.namespace', 'label'));
  faults.push(...labelFaults(lookUp(value, 'metadata.labels'), 'metadata.labels'));
  for (const key of keysOf(lookUp(value, 'metadata.annotations')))
    if (!qualifiedName(key))
      faults.push(`metadata.annotations: Invalid value: "${key}": not a qualified name`);
  return faults;
}

export function nameFaults(name: string | undefined, path: string, kind: NameKind): string[] {
  const { pattern, max, text } = kinds[kind];
  if (name === undefined || (pattern.test(name) && name.length <= max)) return [];
  const reason =
    name.length > max
      ? `must be no more than ${max} characters`
      : `${text} is required, matching ${pattern.source}`;
  return [`${path}: Invalid value: "${name}": ${reason}`];
}

function labelFaults(labels: unknown, path: string): string[] {
  if (!isObject(labels)) return [];
  return Object.entries(labels).flatMap(([key, held]) => {
    const faults = qualifiedName(key) ? [] : [`${path}: Invalid value: "${key}": not a qualified name`];
    if (typeof held === 'string' && (held.length > 63 || !labelValue.test(held)))
      faults.push(
        `${path}: Invalid value: "${held}": a label value has at most 63 characters and matches ${labelValue.source}`,
      );
    return faults;
  });
}

function qualifiedName(key: string): boolean {
  const parts = key.split('/');
  const name = parts.at(-1) ?? '';
  const prefix = parts.length > 1 ? parts[0] : undefined;
  if (parts.length > 2 || name.length === 0 || name.length > 63 || !labelValue.test(name)) return false;
  return prefix === undefined || (subdomain.test(prefix) && prefix.length <= 253);
}

/** Keys of a Secret or ConfigMap, and its limit of 1 MiB. */
export function dataFaults(value: ValueObject, names: readonly string[]): string[] {
  const faults: string[] = [];
  let size = 0;
  for (const name of names) {
    const data = value[name];
    if (!isObject(data)) continue;
    for (const [key, held] of Object.entries(data)) {
      if (!keyName.test(key) || key.length > 253)
        faults.push(
          `${name}: Invalid value: "${key}": a valid key consists of alphanumeric characters, '-', '_' or '.'`,
        );
      if (typeof held === 'string') size += Buffer.byteLength(held);
    }
  }
  if (size > 1_048_576) faults.push(`data: Too long: must have at most 1048576 bytes`);
  return faults;
}

/** Values of a map that must be resource quantities such as `500m` or `2Gi`. */
export function quantityFaults(map: unknown, path: string): string[] {
  if (!isObject(map)) return [];
  return Object.entries(map)
    .filter(([, held]) => typeof held === 'string' && !quantity.test(held))
    .map(
      ([key, held]) =>
        `${path}[${key}]: Invalid value: "${String(held)}": quantities must match ${quantity.source}`,
    );
}

const suffixes = ['', 'K', 'M', 'G', 'T', 'P', 'E'];

/** The bytes of a quantity such as `10Gi`; `undefined` for what is none, or is in another unit. */
export function bytesOf(held: unknown): number | undefined {
  const parts = typeof held === 'string' ? /^([0-9.]+)([KMGTPE]?)(i?)$/.exec(held) : null;
  if (parts === null) return undefined;
  return Number(parts[1]) * (parts[3] === 'i' ? 1024 : 1000) ** suffixes.indexOf(parts[2] ?? '');
}

export function portFaults(port: unknown, path: string): string[] {
  if (typeof port !== 'number' || (Number.isInteger(port) && port >= 1 && port <= 65_535)) return [];
  return [`${path}: Invalid value: ${port}: must be between 1 and 65535, inclusive`];
}

export function hostFaults(hostName: unknown, path: string): string[] {
  if (typeof hostName !== 'string' || hostName === '') return [];
  return nameFaults(hostName.replace(/^\*\./, ''), path, 'subdomain');
}

/** The elements of a list of blocks at a dotted path; none when it is unknown. */
export function elementsAt(value: unknown, path: string): readonly unknown[] {
  const found = lookUp(value, path);
  return Array.isArray(found) ? found : [];
}

function keysOf(map: unknown): string[] {
  return isObject(map) && map !== UNKNOWN ? Object.keys(map) : [];
}
