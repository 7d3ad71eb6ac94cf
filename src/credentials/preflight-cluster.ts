import { connect } from 'node:net';
import type { AccountCheck } from '../account/verification.js';
import { AppError } from '../errors/app-error.js';
import type { AwsConnection } from './aws-connection.js';
import { failedCheck, passedCheck, skippedCheck, unreadable, warningCheck } from './check.js';
import { describeCluster } from './eks-cluster.js';
import type { RegionProps } from './preflight.js';

const limitMs = 5000;

/** The account's cluster is there, active and answers; from here, which may be another network than that of the workers. */
export async function checkCluster(
  aws: AwsConnection,
  { account, keys, region }: RegionProps,
): Promise<AccountCheck[]> {
  const { cluster } = account;
  const name = `cluster_reachable:${region}`;
  if (cluster === null) return [];
  if (cluster.kind === 'kubeconfig')
    return [skippedCheck(name, null, 'the kubeconfig is read by the workers, when a run needs it')];
  try {
    const { endpoint } = await describeCluster(aws, { name: cluster.name, region, keys });
    const metadata = { region, cluster: cluster.name };
    const { hostname, port } = new URL(endpoint);
    if (await answers(hostname, Number(port === '' ? 443 : port)))
      return [passedCheck(name, `cluster ${cluster.name} is active and answers`, metadata)];
    const text = `cluster ${cluster.name} is active, but does not answer from here: allow the workers' network in its public access, or run workers in its network`;
    return [warningCheck(name, 'cluster_not_usable', text, metadata)];
  } catch (error) {
    if (error instanceof AppError && error.code === 'cluster_not_usable')
      // A cluster is in one region: with several, it is missing in the others.
      return [
        (account.regions.length > 1 ? warningCheck : failedCheck)(name, error.code, error.message, {
          region,
          cluster: cluster.name,
        }),
      ];
    return [unreadable(name, error, 'eks:DescribeCluster')];
  }
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: limitMs });
    const end = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}
