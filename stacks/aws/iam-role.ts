import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { policyDocument, type Statement } from './iam-policy.js';

export interface RoleProps {
  /** At most 64 characters. */
  readonly name: string;
  readonly description: string;
  /** Trust policy as JSON. */
  readonly trust: string;
  /** What the role itself may do. @default - nothing */
  readonly statements?: readonly Statement[];
  /** Managed policies of AWS: short name -> ARN. @default - none */
  readonly managed?: Readonly<Record<string, string>>;
}

/** A role with a policy of its own and policies that AWS keeps. */
export class Role extends Construct {
  readonly name: string;
  readonly arn: string;
  /** What has to exist before the role is of use. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: RoleProps) {
    super(scope, id);
    const role = new IamRole(this, '$role', {
      name: props.name,
      description: props.description,
      assumeRolePolicy: props.trust,
      maxSessionDuration: 3600,
    });
    const own = props.statements && [
      new IamRolePolicy(this, '$policy', {
        name: 'own',
        role: role.name,
        policy: policyDocument(props.statements),
      }),
    ];
    const attached = Object.entries(props.managed ?? {}).map(
      ([name, policyArn]) => new IamRolePolicyAttachment(this, name, { role: role.name, policyArn }),
    );
    this.name = role.name;
    this.arn = role.arn;
    this.ready = [...(own ?? []), ...attached];
  }
}
