import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import { FlowLog } from '@cdktf/provider-aws/lib/flow-log/index.js';
import { Construct } from 'constructs';
import { trustOfService } from './iam-policy.js';
import { Role } from './iam-role.js';

export interface FlowLogsProps {
  /** At most 54 characters. */
  readonly name: string;
  readonly vpcId: string;
  readonly accountId: string;
  readonly keyArn: string;
  readonly keptDays: number;
}

/** Every connection in a VPC, written to an encrypted log group by a role that can write to that group alone. */
export class FlowLogs extends Construct {
  constructor(scope: Construct, id: string, { name, vpcId, accountId, keyArn, keptDays }: FlowLogsProps) {
    super(scope, id);
    const group = new CloudwatchLogGroup(this, '$group', {
      name: `/terrace/${name}/flow`,
      retentionInDays: keptDays,
      kmsKeyId: keyArn,
    });
    const role = new Role(this, '$role', {
      name: `${name}-flow-logs`,
      description: 'Writes the flow logs of a VPC',
      trust: trustOfService('vpc-flow-logs.amazonaws.com', {
        StringEquals: { 'aws:SourceAccount': accountId },
      }),
      statements: [
        {
          sid: 'Write',
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
          resources: [`${group.arn}:*`],
        },
      ],
    });
    new FlowLog(this, '$log', {
      vpcId,
      trafficType: 'ALL',
      logDestinationType: 'cloud-watch-logs',
      logDestination: group.arn,
      iamRoleArn: role.arn,
      maxAggregationInterval: 600,
      tags: { Name: name },
    });
  }
}
