/** A VPC and what lies in it. */
export const networkTypes = (name: string) => ({
  aws_vpc: {
    main: { cidr_block: '10.20.0.0/16', enable_dns_hostnames: true, tags: { Name: name } },
  },
  aws_default_security_group: { main: { vpc_id: '${aws_vpc.main.id}' } },
  aws_subnet: {
    main: {
      vpc_id: '${aws_vpc.main.id}',
      cidr_block: '10.20.0.0/20',
      availability_zone: 'eu-central-1a',
      map_public_ip_on_launch: true,
      tags: { Name: `${name}-public-a` },
    },
  },
  aws_internet_gateway: { main: { vpc_id: '${aws_vpc.main.id}' } },
  aws_eip: { main: { domain: 'vpc', depends_on: ['aws_internet_gateway.main'] } },
  aws_nat_gateway: {
    main: { allocation_id: '${aws_eip.main.id}', subnet_id: '${aws_subnet.main.id}' },
  },
  aws_route_table: { main: { vpc_id: '${aws_vpc.main.id}' } },
  aws_route: {
    main: {
      route_table_id: '${aws_route_table.main.id}',
      destination_cidr_block: '0.0.0.0/0',
      gateway_id: '${aws_internet_gateway.main.id}',
    },
  },
  aws_route_table_association: {
    main: { route_table_id: '${aws_route_table.main.id}', subnet_id: '${aws_subnet.main.id}' },
  },
  aws_vpc_endpoint: {
    main: {
      vpc_id: '${aws_vpc.main.id}',
      service_name: 'com.amazonaws.eu-central-1.s3',
      vpc_endpoint_type: 'Gateway',
    },
  },
  aws_vpc_endpoint_route_table_association: {
    main: {
      vpc_endpoint_id: '${aws_vpc_endpoint.main.id}',
      route_table_id: '${aws_route_table.main.id}',
    },
  },
  aws_cloudwatch_log_group: { main: { name: `/terrace/${name}/flow`, retention_in_days: 30 } },
  aws_flow_log: {
    main: {
      vpc_id: '${aws_vpc.main.id}',
      traffic_type: 'ALL',
      iam_role_arn: '${aws_iam_role.main.arn}',
      log_destination: '${aws_cloudwatch_log_group.main.arn}',
    },
  },
});
