import { clusterTypes } from './all-types-aws-cluster.js';
import { dataTypes } from './all-types-aws-data.js';
import { networkTypes } from './all-types-aws-network.js';
import type { Variant } from './all-types.js';

/** Every AWS type the sandbox serves; each resource is called `main`. */
export const awsTypes = ({ name, password }: Required<Variant>) => ({
  ...networkTypes(name),
  ...clusterTypes(name),
  ...dataTypes({ name, password }),
  aws_security_group: {
    main: { name, description: 'data', vpc_id: 'vpc-12345678', tags: { part: 'data' } },
  },
  aws_vpc_security_group_ingress_rule: {
    main: {
      security_group_id: '${aws_security_group.main.id}',
      ip_protocol: 'tcp',
      from_port: 5432,
      to_port: 5432,
      cidr_ipv4: '10.0.0.0/8',
    },
  },
  aws_vpc_security_group_egress_rule: {
    main: {
      security_group_id: '${aws_security_group.main.id}',
      ip_protocol: '-1',
      cidr_ipv4: '0.0.0.0/0',
    },
  },
  aws_db_subnet_group: { main: { name, subnet_ids: ['subnet-1', 'subnet-2'] } },
  aws_db_parameter_group: {
    main: { name, family: 'postgres17', parameter: [{ name: 'rds.force_ssl', value: '1' }] },
  },
  aws_db_instance: {
    main: {
      identifier: name,
      engine: 'postgres',
      engine_version: '17.4',
      instance_class: 'db.t4g.micro',
      allocated_storage: 20,
      db_name: 'app',
      username: 'app',
      password,
      storage_encrypted: true,
      db_subnet_group_name: '${aws_db_subnet_group.main.name}',
      parameter_group_name: '${aws_db_parameter_group.main.name}',
      vpc_security_group_ids: ['${aws_security_group.main.id}'],
      skip_final_snapshot: true,
      tags: { suffix: '${random_id.main.hex}' },
    },
  },
  aws_elasticache_subnet_group: { main: { name, subnet_ids: ['subnet-1', 'subnet-2'] } },
  aws_elasticache_replication_group: {
    main: {
      replication_group_id: name,
      description: 'cache',
      node_type: 'cache.t4g.micro',
      num_cache_clusters: 2,
      automatic_failover_enabled: true,
      transit_encryption_enabled: true,
      at_rest_encryption_enabled: 'true',
      auth_token: 'sixteen-chars-or-more',
      subnet_group_name: '${aws_elasticache_subnet_group.main.name}',
      security_group_ids: ['${aws_security_group.main.id}'],
    },
  },
});
