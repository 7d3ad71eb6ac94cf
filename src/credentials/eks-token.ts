/**
 * A token for an EKS cluster: a signed question to STS ("who am I?") that the cluster asks in our place
 * (https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster).
 */
import type { Keys } from './aws-connection.js';
import { queryText, scopeOf, signatureOf } from './sigv4.js';

export interface EksTokenProps {
  readonly cluster: string;
  readonly region: string;
  readonly keys: Keys;
  readonly now: Date;
  /** Asked in place of the regional STS. */
  readonly endpoint?: string;
}

/** Clusters take a token for a quarter of an hour after it was signed. */
const lastsMs = 14 * 60_000;

/** What `kubectl` and the providers expect of an exec plugin (https://kubernetes.io/docs/reference/config-api/client-authentication.v1/). */
export function execCredential(props: EksTokenProps): Readonly<Record<string, unknown>> {
  const expires = Math.min(
    props.now.getTime() + lastsMs,
    props.keys.expiration?.getTime() ?? Number.POSITIVE_INFINITY,
  );
  return {
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    spec: { interactive: false },
    status: {
      expirationTimestamp: new Date(expires).toISOString().replace(/\.\d+Z$/, 'Z'),
      token: eksToken(props),
    },
  };
}

export function eksToken(props: EksTokenProps): string {
  return `k8s-aws-v1.${Buffer.from(identityUrl(props)).toString('base64url')}`;
}

/** The presigned GetCallerIdentity; good for a minute, and for this cluster alone. */
function identityUrl({ cluster, region, keys, now, endpoint }: EksTokenProps): string {
  const base = new URL(
    endpoint ?? `https://sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}/`,
  );
  const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const place = { time, region, service: 'sts' };
  const query: [string, string][] = [
    ['Action', 'GetCallerIdentity'],
    ['Version', '2011-06-15'],
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', `${keys.accessKeyId}/${scopeOf(place)}`],
    ['X-Amz-Date', time],
    ['X-Amz-Expires', '60'],
    ['X-Amz-SignedHeaders', 'host;x-k8s-aws-id'],
    ...(keys.sessionToken === undefined
      ? []
      : [['X-Amz-Security-Token', keys.sessionToken] as [string, string]]),
  ];
  const signature = signatureOf(
    {
      ...place,
      method: 'GET',
      path: base.pathname,
      query,
      headers: { host: base.host, 'x-k8s-aws-id': cluster },
      payloadHash: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    },
    keys.secretAccessKey,
  );
  return `${base.origin}${base.pathname}?${queryText(query)}&X-Amz-Signature=${signature}`;
}
