/** What AWS says no with, as Terrace's codes: the same in a verification, before a run and in terraform's words. Pure. */
import type { ErrorCode } from '../errors/codes.js';

export interface CloudFault {
  readonly code: ErrorCode;
  /** What the customer, or the operator, has to do. */
  readonly remedy: string;
}

interface FaultRule extends CloudFault {
  /** Error codes of AWS (`Code` of the answer, the SDK's `name`). */
  readonly says: RegExp;
}

/** The first that fits counts. Sources: the error pages of STS, EC2, RDS, EKS, ElastiCache and IAM. */
const rules: readonly FaultRule[] = [
  {
    says: /^(ExpiredToken|ExpiredTokenException|RequestExpired)$/,
    code: 'session_expired',
    remedy: 'the session ran out; ask again',
  },
  {
    says: /^(CredentialsProviderError|InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|AuthFailure|InvalidAccessKeyId|TokenProviderError)$/,
    code: 'control_credentials_missing',
    remedy:
      'give Terrace valid credentials of its own account (AWS_ROLE_ARN with a web identity, or AWS_ACCESS_KEY_ID)',
  },
  {
    says: /^(RegionDisabledException|OptInRequired|RegionDisabled)$/,
    code: 'region_not_enabled',
    remedy: 'enable the region in the account (Billing, Account, AWS Regions)',
  },
  {
    says: /^(CIDR_CLASH|InvalidSubnet\.Conflict|InvalidVpc\.Range|InvalidSubnet\.Range|CidrConflict)$/,
    code: 'cidr_clash',
    remedy: 'choose an address range that no network of the account uses',
  },
  {
    says: /(Quota|Limit)\w*Exceeded(Fault|Exception)?$|^(TooManyBuckets|InsufficientInstanceCapacity)$/,
    code: 'quota_exceeded',
    remedy: 'raise the quota in Service Quotas of the account, or remove what is not needed',
  },
  {
    says: /^(Throttling|ThrottlingException|ThrottledException|RequestThrottled|RequestThrottledException|TooManyRequestsException|RequestLimitExceeded|PriorRequestNotComplete|SlowDown|ServiceUnavailable|InternalError|InternalFailure|InternalServerError|ServerException|ServiceUnavailableException|RequestTimeout|TimeoutError|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|AbortError|IDPCommunicationError|ConnectionError)$/,
    code: 'cloud_unavailable',
    remedy: 'ask again',
  },
  {
    says: /^(AccessDenied|AccessDeniedException|UnauthorizedOperation|UnauthorizedException|Client\.UnauthorizedOperation|AuthorizationError|AuthorizationErrorException|NotAuthorized|Forbidden)$/,
    code: 'cloud_access_denied',
    remedy: 'give the role the permission; the onboarding documents of the account list all of them',
  },
];

/** Throttling looks like a limit by its name, and must not be told as a quota. */
const order = [...rules].sort((a, b) => rank(a) - rank(b));

function rank({ code }: FaultRule): number {
  return code === 'cloud_unavailable' ? 0 : 1;
}

/** What an error code of AWS means; undefined for one that says nothing of access, limits or reach. */
export function cloudFaultOf(awsCode: string): CloudFault | undefined {
  return order.find(({ says }) => says.test(awsCode));
}

/** The same for a text of terraform: the AWS provider writes `api error <Code>: ...`. */
export function cloudFaultIn(text: string): (CloudFault & { readonly awsCode: string }) | undefined {
  for (const match of text.matchAll(/\b(?:api error|\(Code:|Code:) ?([A-Za-z][\w.]+)/g)) {
    const awsCode = match[1]!;
    const fault = cloudFaultOf(awsCode);
    if (fault !== undefined) return { ...fault, awsCode };
  }
  return undefined;
}
