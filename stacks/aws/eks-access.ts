import { EksAccessEntry } from '@cdktf/provider-aws/lib/eks-access-entry/index.js';
import { EksAccessPolicyAssociation } from '@cdktf/provider-aws/lib/eks-access-policy-association/index.js';
import { Construct } from 'constructs';

export interface AccessProps {
  readonly clusterName: string;
  readonly principalArn: string;
  /** ARN of an access policy of EKS, for the whole cluster. */
  readonly policyArn: string;
}

/** A role of IAM that is let into a cluster. Source: AWS, "Associate access policies with access entries". */
export class Access extends Construct {
  constructor(scope: Construct, id: string, { clusterName, principalArn, policyArn }: AccessProps) {
    super(scope, id);
    const entry = new EksAccessEntry(this, '$entry', { clusterName, principalArn, type: 'STANDARD' });
    new EksAccessPolicyAssociation(this, '$policy', {
      clusterName,
      principalArn,
      policyArn,
      accessScope: { type: 'cluster' },
      dependsOn: [entry],
    });
  }
}
