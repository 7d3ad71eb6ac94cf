import type { TypeFacts } from './ground-truth.js';

/** Provider hashicorp/aws 6.25: networks and logs. */
export const networkFacts: Readonly<Record<string, TypeFacts>> = {
  aws_vpc: {
    computed: ['arn', 'main_route_table_id', 'default_security_group_id', 'owner_id'],
    replaces: ['cidr_block'],
    updates: ['enable_dns_hostnames', 'enable_dns_support', 'tags'],
    defaults: { enable_dns_support: true, instance_tenancy: 'default' },
  },
  aws_subnet: {
    required: ['vpc_id'],
    computed: ['arn', 'owner_id'],
    replaces: ['vpc_id', 'cidr_block', 'availability_zone'],
    updates: ['map_public_ip_on_launch', 'assign_ipv6_address_on_creation', 'tags'],
    defaults: { map_public_ip_on_launch: false },
  },
  aws_internet_gateway: { computed: ['arn', 'owner_id'], updates: ['vpc_id', 'tags'] },
  aws_eip: { computed: ['allocation_id', 'public_ip'], updates: ['instance', 'network_interface', 'tags'] },
  aws_nat_gateway: {
    computed: ['public_ip', 'network_interface_id'],
    replaces: ['allocation_id', 'connectivity_type', 'subnet_id'],
    defaults: { connectivity_type: 'public' },
  },
  aws_route_table: { required: ['vpc_id'], replaces: ['vpc_id'], updates: ['route', 'tags'] },
  aws_route: {
    required: ['route_table_id'],
    computed: ['state', 'origin'],
    replaces: ['route_table_id', 'destination_cidr_block', 'destination_ipv6_cidr_block'],
    updates: ['gateway_id', 'nat_gateway_id', 'transit_gateway_id'],
  },
  aws_route_table_association: {
    required: ['route_table_id'],
    replaces: ['subnet_id', 'gateway_id'],
    updates: ['route_table_id'],
  },
  aws_vpc_endpoint: {
    required: ['vpc_id'],
    computed: ['arn', 'dns_entry', 'prefix_list_id', 'state'],
    replaces: ['vpc_id', 'service_name', 'vpc_endpoint_type'],
    updates: ['policy', 'route_table_ids', 'security_group_ids', 'subnet_ids', 'private_dns_enabled'],
    defaults: { vpc_endpoint_type: 'Gateway' },
  },
  aws_flow_log: {
    computed: ['arn'],
    replaces: ['vpc_id', 'traffic_type', 'log_destination', 'iam_role_arn'],
    updates: ['tags'],
    defaults: { log_destination_type: 'cloud-watch-logs', max_aggregation_interval: 600 },
  },
  aws_cloudwatch_log_group: {
    computed: ['arn'],
    replaces: ['name', 'name_prefix'],
    updates: ['retention_in_days', 'kms_key_id', 'tags'],
    defaults: { retention_in_days: 0, skip_destroy: false },
  },
  aws_security_group: {
    computed: ['arn', 'owner_id'],
    replaces: ['name', 'name_prefix', 'description', 'vpc_id'],
    updates: ['tags', 'revoke_rules_on_delete'],
    defaults: { description: 'Managed by Terraform' },
  },
};
