import type { SandboxRun } from '../sandbox-run.js';
import { lookUp, textAt, type ValueObject } from '../values.js';
import { randomSuffix, stableHex } from './derived-names.js';
import type { Identity } from './overlay-type.js';

/** When everything in the sandbox was made, in the form of RFC 3339. */
export const madeAt = '2026-01-01T00:00:00Z';

/** The id that EC2 gives to what has no name of its own: `vpc-0a1b2c3d4e5f60718`. Kept once it is known. */
export function numberedId(value: ValueObject, prefix: string): string {
  return textAt(value, 'id') ?? `${prefix}-${randomSuffix(17)}`;
}

/** What the cloud appends to a `name_prefix`, or the whole name where neither is given. */
export const prefixedName = (value: ValueObject) => ({
  name: `${textAt(value, 'name_prefix') ?? 'terraform-'}${randomSuffix(26)}`,
});

/** Identity by the attribute that is the import id too; `undefined` while it is not known. */
export const byAttribute =
  (attribute: string) =>
  (value: ValueObject): Identity | undefined => {
    const objectId = textAt(value, attribute);
    return objectId === undefined ? undefined : { objectId, name: objectId };
  };

/** Identity by attributes joined to an import id; `undefined` while one of them is not known. */
export function byAttributes(value: ValueObject, names: readonly string[], separator: string) {
  const parts = names.map((name) => textAt(value, name));
  if (parts.includes(undefined)) return undefined;
  return { objectId: parts.join(separator), name: parts.at(-1) ?? '' };
}

/** Identity of what EC2 numbers; faults know it by its `Name` tag. Before it is made its id is empty. */
export function byNumber(value: ValueObject, parent?: Identity['parent']): Identity {
  const objectId = textAt(value, 'id') ?? '';
  return { objectId, name: textAt(value, 'tags.Name') ?? objectId, ...(parent && { parent }) };
}

/** The object of a type that an attribute points to; `undefined` where it points nowhere. */
export function parentAt(
  value: ValueObject,
  attribute: string,
  type: string,
  mayBeElsewhere?: 'may be elsewhere',
): Identity['parent'] {
  const objectId = textAt(value, attribute);
  if (objectId === undefined) return undefined;
  return { type, objectId, ...(mayBeElsewhere && { mayBeElsewhere: true }) };
}

/** A global service's name of a resource (IAM). */
export function iamArn(run: SandboxRun, resource: string): string {
  return `arn:aws:iam::${run.accountId}:${resource}`;
}

/** An address of 203.0.113.0/24, a block that nobody routes (RFC 5737). */
export function publicAddress(run: SandboxRun, allocationId: string): string {
  return `203.0.113.${parseInt(stableHex(run, 4, 'address', allocationId), 16) % 254}`;
}

/** How many elements a list or set holds; 0 where it is not known. */
export function countAt(value: ValueObject, path: string): number {
  const found = lookUp(value, path);
  return Array.isArray(found) ? found.length : 0;
}

/** A whole number that is known. */
export function numberAt(value: ValueObject, path: string): number | undefined {
  const found = lookUp(value, path);
  return typeof found === 'number' ? found : undefined;
}

/** The words of the AWS SDK for a call that was refused with status 400. */
export function refusedCall(doing: string, service: string, call: string, reason: string): string {
  return `${doing}: operation error ${service}: ${call}, https response error StatusCode: 400, ${reason}`;
}
