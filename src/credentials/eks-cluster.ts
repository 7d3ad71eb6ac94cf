import { DescribeClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import { appError } from '../errors/app-error.js';
import { awsCodeOf, awsError, clientConfig, type AwsConnection, type Keys } from './aws-connection.js';
import type { EksCluster } from './kubeconfig.js';

/** Where a cluster is. Throws `cluster_not_usable` for one that is not there or not active, and what AWS refuses. */
export async function describeCluster(
  aws: AwsConnection,
  { name, region, keys }: { name: string; region: string; keys: Keys },
): Promise<EksCluster> {
  const client = new EKSClient(clientConfig(aws, { region, keys }));
  try {
    const { cluster } = await client.send(new DescribeClusterCommand({ name }));
    const { status = 'unknown', endpoint, certificateAuthority } = cluster ?? {};
    if (status !== 'ACTIVE' && status !== 'UPDATING')
      throw appError(
        'cluster_not_usable',
        `cluster ${name} is ${status.toLowerCase()}: wait until it is active`,
      );
    if (endpoint === undefined || certificateAuthority?.data === undefined)
      throw appError('cluster_not_usable', `cluster ${name} has no endpoint: wait until it is active`);
    return { name, endpoint, certificateAuthority: certificateAuthority.data };
  } catch (error) {
    if (awsCodeOf(error) === 'ResourceNotFoundException')
      throw appError(
        'cluster_not_usable',
        `there is no cluster ${name} in ${region}: correct the cluster of the account`,
      );
    throw awsError(error, `describe cluster ${name}`);
  } finally {
    client.destroy();
  }
}
