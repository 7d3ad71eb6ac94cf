import { createRequire } from 'node:module';

export interface ObjectFault {
  /** `Deployment app: /spec/template/spec/containers/0` */
  readonly at: string;
  readonly message: string;
}

interface Model {
  readonly prototype: { validate(this: unknown): void };
}

const require = createRequire(import.meta.url);

/** Faults of one Kubernetes object by the API's own schema: types, required fields, and fields that the API does not know, which a
 *  server would drop or refuse. An object of a kind without a schema (custom resources) has the one fault that says so. */
export function checkObject(object: unknown): ObjectFault[] {
  const { apiVersion, kind, metadata } = Object(object) as Record<string, unknown>;
  const name = (Object(metadata) as Record<string, unknown>).name;
  const title = `${String(kind)} ${String(name)}`;
  const model = modelOf(String(apiVersion), String(kind));
  if (model === undefined)
    return [{ at: title, message: `no schema is known of ${String(apiVersion)} ${String(kind)}` }];
  const known = new Map<object, Set<string>>();
  const faults: ObjectFault[] = [];
  try {
    model.prototype.validate.call(watched(object, known));
  } catch (error) {
    const { errors } = error as { errors?: { instancePath: string; message?: string }[] };
    if (errors === undefined) throw error;
    for (const { instancePath, message } of errors)
      faults.push({ at: `${title}: ${instancePath}`, message: message ?? 'is wrong' });
  }
  if (name === undefined) faults.push({ at: title, message: 'has no metadata.name' });
  return [...faults, ...unknownFields(object, '', known).map((at) => unknownField(title, at))];
}

function modelOf(apiVersion: string, kind: string): Model | undefined {
  try {
    const found = require(`kubernetes-models/${apiVersion}/${kind}`) as Record<string, Model>;
    return found[kind];
  } catch {
    return undefined;
  }
}

/** The value, noting which fields the validation looks at: those are the ones that the schema knows. */
function watched(value: unknown, known: Map<object, Set<string>>): unknown {
  if (value === null || typeof value !== 'object') return value;
  const seen = known.get(value) ?? new Set<string>();
  known.set(value, seen);
  return new Proxy(value, {
    get: (target, key, receiver) => {
      if (typeof key === 'string') seen.add(key);
      return watched(Reflect.get(target, key, receiver), known);
    },
    // A map (labels, data) is walked over: each of its keys is allowed.
    ownKeys: (target) => {
      for (const key of Object.keys(target)) seen.add(key);
      return Reflect.ownKeys(target);
    },
  });
}

function unknownFields(value: unknown, at: string, known: Map<object, Set<string>>): string[] {
  if (value === null || typeof value !== 'object') return [];
  const seen = known.get(value);
  // Never reached: the parent's fault says it all, or the field takes any JSON.
  if (seen === undefined) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    Array.isArray(value) || seen.has(key) ? unknownFields(member, `${at}/${key}`, known) : [`${at}/${key}`],
  );
}

function unknownField(title: string, at: string): ObjectFault {
  return { at: `${title}: ${at}`, message: 'is not a field of the API' };
}
