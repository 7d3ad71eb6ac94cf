/** What an ARN is about. Pure. Source: AWS, "Identify AWS resources with Amazon Resource Names". */
import type { Found } from './receipt.js';

/** `ec2:vpc` and `vpc-1` of `arn:aws:ec2:eu-central-1:1:vpc/vpc-1`; a bucket is `s3:bucket`. */
export function kindOfArn(arn: string): Found {
  const [, , service = '', , account = '', ...rest] = arn.split(':');
  const resource = rest.join(':');
  if (service === 's3' && account === '') return { type: 's3:bucket', id: resource };
  const [, kind = '', id = ''] = /^([^:/]+)[:/](.+)$/.exec(resource) ?? [];
  return kind === '' ? { type: service, id: resource } : { type: `${service}:${kind}`, id };
}

/** Copies of data that outlive what they were made of; they take its tags along. */
export const retainedKinds: Readonly<Record<string, string>> = {
  'rds:snapshot': 'rds_snapshot',
  'elasticache:snapshot': 'elasticache_snapshot',
  'elasticache:serverlesscachesnapshot': 'elasticache_snapshot',
};
