import { textAt } from '../values.js';
import { arn } from './derived-names.js';
import { byNumber, numberAt, numberedId, prefixedName, refusedCall } from './overlay-aws-parts.js';
import type { TypeOverlay } from './overlay-type.js';

/** A change of any of these makes a new version of the template. */
const versioned = [
  'block_device_mappings',
  'capacity_reservation_specification',
  'cpu_options',
  'credit_specification',
  'description',
  'disable_api_stop',
  'disable_api_termination',
  'ebs_optimized',
  'enclave_options',
  'hibernation_options',
  'iam_instance_profile',
  'image_id',
  'instance_initiated_shutdown_behavior',
  'instance_market_options',
  'instance_requirements',
  'instance_type',
  'kernel_id',
  'key_name',
  'license_specification',
  'metadata_options',
  'monitoring',
  'network_interfaces',
  'placement',
  'private_dns_name_options',
  'ram_disk_id',
  'security_group_names',
  'tag_specifications',
  'user_data',
  'vpc_security_group_ids',
];

export const launchTemplateOverlays: Readonly<Record<string, TypeOverlay>> = {
  aws_launch_template: {
    forceNew: ['name', 'name_prefix'],
    names: prefixedName,
    unknownWhen: { latest_version: versioned },
    renewed: ['default_version'],
    identify: (value) => {
      const name = textAt(value, 'name');
      return name === undefined ? undefined : { ...byNumber(value), naturalKey: name, name };
    },
    compute: ({ value, prior, run }) => {
      const id = numberedId(value, 'lt');
      const former = prior === null ? 0 : (numberAt(prior, 'latest_version') ?? 0);
      const latest = numberAt(value, 'latest_version') ?? former + 1;
      const follows = value['update_default_version'] === true;
      return {
        id,
        arn: arn(run, 'ec2', `launch-template/${id}`),
        'block_device_mappings.ebs.volume_type': 'gp2',
        default_version: follows ? latest : (numberAt(value, 'default_version') ?? 1),
        latest_version: latest,
        'metadata_options.http_endpoint': 'enabled',
        'metadata_options.http_protocol_ipv6': 'disabled',
        'metadata_options.http_put_response_hop_limit': 1,
        'metadata_options.http_tokens': 'optional',
        'metadata_options.instance_metadata_tags': 'disabled',
        name_prefix: '',
        region: run.region,
      };
    },
    alreadyExists: (_value, { name }) =>
      refusedCall(
        `creating EC2 Launch Template (${name})`,
        'EC2',
        'CreateLaunchTemplate',
        'InvalidLaunchTemplateName.AlreadyExistsException: Launch template name already in use.',
      ),
  },
};
