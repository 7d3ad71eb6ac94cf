import { canonicalJson } from '../../src/lib/canonical-json.js';

/** One statement of a policy. Source: AWS, "IAM JSON policy elements reference". */
export interface Statement {
  readonly sid: string;
  /** @default Allow */
  readonly effect?: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  /** @default - none: a trust policy */
  readonly resources?: readonly string[];
  /** Service, AWS or Federated -> who, or everyone. @default - none: a policy of an identity */
  readonly principals?: '*' | Readonly<Record<string, readonly string[]>>;
  /** Operator -> key -> values. @default - none */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A policy document as JSON: the same statements give the same bytes. */
export function policyDocument(statements: readonly Statement[]): string {
  return canonicalJson({
    Version: '2012-10-17',
    Statement: statements.map((one) => ({
      Sid: one.sid,
      Effect: one.effect ?? 'Allow',
      Action: one.actions,
      Resource: one.resources,
      Principal: one.principals,
      Condition: one.conditions,
    })),
  });
}

/** The trust policy of a role that one service of AWS takes. */
export function trustOfService(
  service: string,
  conditions?: Statement['conditions'],
  actions: readonly string[] = ['sts:AssumeRole'],
): string {
  return policyDocument([
    { sid: 'Service', actions, principals: { Service: [service] }, ...(conditions ? { conditions } : {}) },
  ]);
}
