const statement = (more: object) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...more }] });

/** A Kubernetes cluster with its nodes, roles and keys. */
export const clusterTypes = (name: string) => ({
  aws_kms_key: { main: { description: name, enable_key_rotation: true, deletion_window_in_days: 7 } },
  aws_kms_alias: { main: { name: `alias/${name}`, target_key_id: '${aws_kms_key.main.key_id}' } },
  aws_iam_role: {
    main: {
      name,
      assume_role_policy: statement({
        Action: 'sts:AssumeRole',
        Principal: { Service: 'eks.amazonaws.com' },
      }),
    },
  },
  aws_iam_role_policy: {
    main: {
      name: 'logs',
      role: '${aws_iam_role.main.name}',
      policy: statement({ Action: 'logs:PutLogEvents', Resource: '*' }),
    },
  },
  aws_iam_policy: {
    main: { name: `${name}-read`, policy: statement({ Action: 's3:GetObject', Resource: '*' }) },
  },
  aws_iam_role_policy_attachment: {
    main: { role: '${aws_iam_role.main.name}', policy_arn: '${aws_iam_policy.main.arn}' },
  },
  aws_eks_cluster: {
    main: {
      name,
      role_arn: '${aws_iam_role.main.arn}',
      version: '1.34',
      enabled_cluster_log_types: ['api', 'audit'],
      access_config: [{ authentication_mode: 'API' }],
      encryption_config: [{ provider: [{ key_arn: '${aws_kms_key.main.arn}' }], resources: ['secrets'] }],
      vpc_config: [{ subnet_ids: ['${aws_subnet.main.id}'], endpoint_private_access: true }],
    },
  },
  aws_eks_node_group: {
    main: {
      cluster_name: '${aws_eks_cluster.main.name}',
      node_group_name: 'general',
      node_role_arn: '${aws_iam_role.main.arn}',
      subnet_ids: ['${aws_subnet.main.id}'],
      instance_types: ['m7g.large'],
      scaling_config: [{ min_size: 1, desired_size: 2, max_size: 4 }],
      update_config: [{ max_unavailable: 1 }],
      taint: [{ key: 'gpu', value: 'true', effect: 'NO_SCHEDULE' }],
    },
  },
  aws_eks_addon: { main: { cluster_name: '${aws_eks_cluster.main.name}', addon_name: 'vpc-cni' } },
  aws_eks_access_entry: {
    main: {
      cluster_name: '${aws_eks_cluster.main.name}',
      principal_arn: '${aws_iam_role.main.arn}',
    },
  },
  aws_eks_access_policy_association: {
    main: {
      cluster_name: '${aws_eks_access_entry.main.cluster_name}',
      principal_arn: '${aws_eks_access_entry.main.principal_arn}',
      policy_arn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy',
      access_scope: [{ type: 'cluster' }],
    },
  },
  aws_iam_openid_connect_provider: {
    main: {
      url: '${aws_eks_cluster.main.identity[0].oidc[0].issuer}',
      client_id_list: ['sts.amazonaws.com'],
    },
  },
});
