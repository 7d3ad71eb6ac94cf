import { textAt, type ValueObject } from '../values.js';
import { randomSuffix, stableHex } from './derived-names.js';
import { byAttribute, byAttributes, iamArn, madeAt, prefixedName, refusedCall } from './overlay-aws-parts.js';
import type { Identity, TypeOverlay } from './overlay-type.js';

const path = (value: ValueObject) => textAt(value, 'path') ?? '/';

const uniqueId = (prefix: string) => `${prefix}${randomSuffix(17).toUpperCase()}`;

/** IAM refuses a policy that is no JSON document. */
const documentFaults = (name: string) => (value: ValueObject) => {
  const text = textAt(value, name);
  if (text === undefined) return [];
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null) return [];
  } catch {
    // told below
  }
  return [`"${name}" contains an invalid JSON policy`];
};

const nameFaults = (limit: number) => (value: ValueObject) => {
  const name = textAt(value, 'name');
  return name === undefined || (name.length <= limit && /^[\w+=,.@-]+$/.test(name))
    ? []
    : [`invalid value for name ("${name}"): at most ${limit} letters, digits and _+=,.@-`];
};

const taken = (kind: string, call: string) => (_value: ValueObject, identity: Identity) =>
  refusedCall(
    `creating IAM ${kind} (${identity.name})`,
    'IAM',
    call,
    `EntityAlreadyExists: ${kind} with name ${identity.name} already exists.`,
  );

const roleMissing = (identity: Identity) =>
  `NoSuchEntity: The role with name ${identity.parent?.objectId} cannot be found.`;

function inRole(value: ValueObject, identity: Identity | undefined): Identity | undefined {
  const role = textAt(value, 'role');
  return identity && role ? { ...identity, parent: { type: 'aws_iam_role', objectId: role } } : identity;
}

export const iamOverlays: Readonly<Record<string, TypeOverlay>> = {
  aws_iam_role: {
    forceNew: ['name', 'name_prefix', 'path'],
    defaults: { force_detach_policies: false, max_session_duration: 3600, path: '/' },
    names: prefixedName,
    identify: byAttribute('name'),
    compute: ({ value, run }) => {
      const name = textAt(value, 'name') ?? '';
      return {
        id: name,
        arn: iamArn(run, `role${path(value)}${name}`),
        create_date: madeAt,
        managed_policy_arns: [],
        name_prefix: '',
        unique_id: uniqueId('AROA'),
      };
    },
    faultsOf: (value) => [...nameFaults(64)(value), ...documentFaults('assume_role_policy')(value)],
    alreadyExists: taken('Role', 'CreateRole'),
    heldBy: {
      types: ['aws_iam_role_policy_attachment', 'aws_iam_role_policy'],
      unless: (value) => value['force_detach_policies'] === true,
      refusal: ({ name }) =>
        refusedCall(
          `deleting IAM Role (${name})`,
          'IAM',
          'DeleteRole',
          'DeleteConflict: Cannot delete entity, must detach all policies first.',
        ),
    },
  },
  aws_iam_role_policy: {
    forceNew: ['name', 'name_prefix', 'role'],
    names: prefixedName,
    identify: (value) => inRole(value, byAttributes(value, ['role', 'name'], ':')),
    compute: ({ value }) => ({
      id: `${textAt(value, 'role')}:${textAt(value, 'name')}`,
      name_prefix: '',
    }),
    faultsOf: (value) => [...nameFaults(128)(value), ...documentFaults('policy')(value)],
    parentMissing: roleMissing,
  },
  aws_iam_role_policy_attachment: {
    forceNew: ['policy_arn', 'role'],
    identify: (value) => inRole(value, byAttributes(value, ['role', 'policy_arn'], '/')),
    compute: ({ value }) => ({ id: `${textAt(value, 'role')}/${textAt(value, 'policy_arn')}` }),
    parentMissing: roleMissing,
  },
  aws_iam_policy: {
    forceNew: ['description', 'name', 'name_prefix', 'path'],
    defaults: { path: '/' },
    names: prefixedName,
    identify: (value, run) => {
      const name = textAt(value, 'name');
      return name === undefined
        ? undefined
        : { objectId: iamArn(run, `policy${path(value)}${name}`), naturalKey: name, name };
    },
    compute: ({ value, run }) => {
      const own = iamArn(run, `policy${path(value)}${textAt(value, 'name')}`);
      return { id: own, arn: own, attachment_count: 0, name_prefix: '', policy_id: uniqueId('ANPA') };
    },
    faultsOf: (value) => [...nameFaults(128)(value), ...documentFaults('policy')(value)],
    alreadyExists: taken('Policy', 'CreatePolicy'),
  },
  aws_iam_openid_connect_provider: {
    forceNew: ['url'],
    identify: (value, run) => {
      const issuer = textAt(value, 'url')?.replace(/^https:\/\//, '');
      return issuer === undefined
        ? undefined
        : { objectId: iamArn(run, `oidc-provider/${issuer}`), name: issuer };
    },
    compute: ({ value, run }) => {
      const own = iamArn(run, `oidc-provider/${textAt(value, 'url')?.replace(/^https:\/\//, '')}`);
      return { id: own, arn: own, thumbprint_list: [stableHex(run, 40, 'thumbprint', own)] };
    },
    faultsOf: (value) => {
      const url = textAt(value, 'url');
      return url === undefined || url.startsWith('https://')
        ? []
        : [`expected "url" to have a url with schema of: "https", got ${url}`];
    },
    alreadyExists: (_value, { name }) =>
      refusedCall(
        'creating IAM OIDC Provider',
        'IAM',
        'CreateOpenIDConnectProvider',
        `EntityAlreadyExists: Provider with url https://${name} already exists.`,
      ),
  },
};
