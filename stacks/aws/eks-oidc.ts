import { IamOpenidConnectProvider } from '@cdktf/provider-aws/lib/iam-openid-connect-provider/index.js';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import { policyDocument } from './iam-policy.js';

/** How IAM knows the service accounts of a cluster. */
export interface PodIdentities {
  readonly providerArn: string;
  /** The issuer without its scheme. */
  readonly issuer: string;
}

export interface OidcProviderProps {
  /** `https://` address of the cluster's issuer. */
  readonly issuer: string;
}

/** The cluster's issuer as identity provider of the account: pods get roles of their own instead of that of their node. */
export class OidcProvider extends Construct implements PodIdentities {
  readonly providerArn: string;
  readonly issuer: string;

  constructor(scope: Construct, id: string, { issuer }: OidcProviderProps) {
    super(scope, id);
    const provider = new IamOpenidConnectProvider(this, '$provider', {
      url: issuer,
      clientIdList: ['sts.amazonaws.com'],
    });
    this.providerArn = provider.arn;
    this.issuer = Fn.replace(issuer, 'https://', '');
  }
}

/** The trust policy of a role that one service account takes. Source: AWS, "Assign IAM roles to Kubernetes service accounts". */
export function trustOfServiceAccount(
  { providerArn, issuer }: PodIdentities,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): string {
  return policyDocument([
    {
      sid: 'ServiceAccount',
      actions: ['sts:AssumeRoleWithWebIdentity'],
      principals: { Federated: [providerArn] },
      conditions: {
        StringEquals: {
          [`${issuer}:aud`]: 'sts.amazonaws.com',
          [`${issuer}:sub`]: `system:serviceaccount:${namespace}:${name}`,
        },
      },
    },
  ]);
}
