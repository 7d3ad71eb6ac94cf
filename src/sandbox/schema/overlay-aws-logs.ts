import { textAt } from '../values.js';
import { arn } from './derived-names.js';
import {
  byAttribute,
  byNumber,
  numberedId,
  parentAt,
  prefixedName,
  refusedCall,
} from './overlay-aws-parts.js';
import type { TypeOverlay } from './overlay-type.js';

/** Days that CloudWatch Logs knows; 0 = for ever. */
const retentions = [
  0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export const logOverlays: Readonly<Record<string, TypeOverlay>> = {
  aws_cloudwatch_log_group: {
    forceNew: ['log_group_class', 'name', 'name_prefix'],
    defaults: { retention_in_days: 0, skip_destroy: false },
    names: prefixedName,
    identify: byAttribute('name'),
    compute: ({ value, run }) => {
      const name = textAt(value, 'name') ?? '';
      return {
        id: name,
        arn: arn(run, 'logs', `log-group:${name}`),
        deletion_protection_enabled: false,
        log_group_class: 'STANDARD',
        name_prefix: '',
        region: run.region,
      };
    },
    faultsOf: (value) => {
      const days = value['retention_in_days'];
      if (typeof days !== 'number' || retentions.includes(days)) return [];
      return [`expected retention_in_days to be one of [${retentions.join(' ')}], got ${days}`];
    },
    refuseDelete: (value) =>
      value['deletion_protection_enabled'] === true
        ? `deleting CloudWatch Logs Log Group (${textAt(value, 'name')}): deletion protection is enabled`
        : undefined,
    alreadyExists: (_value, { name }) =>
      refusedCall(
        `creating CloudWatch Logs Log Group (${name})`,
        'CloudWatch Logs',
        'CreateLogGroup',
        'ResourceAlreadyExistsException: The specified log group already exists',
      ),
  },
  aws_flow_log: {
    forceNew: [
      'deliver_cross_account_role',
      'destination_options.file_format',
      'destination_options.hive_compatible_partitions',
      'destination_options.per_hour_partition',
      'eni_id',
      'iam_role_arn',
      'log_destination',
      'log_destination_type',
      'log_format',
      'max_aggregation_interval',
      'regional_nat_gateway_id',
      'subnet_id',
      'traffic_type',
      'transit_gateway_attachment_id',
      'transit_gateway_id',
      'vpc_id',
    ],
    defaults: {
      'destination_options.file_format': 'plain-text',
      'destination_options.hive_compatible_partitions': false,
      'destination_options.per_hour_partition': false,
      log_destination_type: 'cloud-watch-logs',
      max_aggregation_interval: 600,
    },
    identify: (value) => byNumber(value, parentAt(value, 'vpc_id', 'aws_vpc', 'may be elsewhere')),
    compute: ({ value, run }) => {
      const id = numberedId(value, 'fl');
      return {
        id,
        arn: arn(run, 'ec2', `vpc-flow-log/${id}`),
        log_destination: '',
        log_format:
          '${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ' +
          '${packets} ${bytes} ${start} ${end} ${action} ${log-status}',
        region: run.region,
      };
    },
  },
};
