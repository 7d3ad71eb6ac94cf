/** DescribeCluster and ListClusters (https://docs.aws.amazon.com/eks/latest/APIReference/). */
import type { Asking } from './service.js';
import { Refusal } from './world.js';

/** `GET /clusters/<name>` is DescribeCluster. */
export function eksAction(path: string): string {
  return /^\/clusters\/[^/]+$/.test(path) ? 'DescribeCluster' : 'ListClusters';
}

export function eks({ world, action, path, signer }: Asking): string {
  const clusters = world.account(signer.identity.account).clusters ?? {};
  if (action === 'ListClusters') return JSON.stringify({ clusters: Object.keys(clusters) });
  const name = decodeURIComponent(path.split('/').at(-1) ?? '');
  const cluster = clusters[name];
  if (cluster === undefined)
    throw new Refusal('ResourceNotFoundException', `No cluster found for name: ${name}.`, 404);
  const { endpoint, certificateAuthority, status = 'ACTIVE' } = cluster;
  const data = Buffer.from(certificateAuthority).toString('base64');
  return JSON.stringify({ cluster: { name, status, endpoint, certificateAuthority: { data } } });
}
