/**
 * A stand-in for AWS on loopback: STS, EC2, EKS, IAM, S3, KMS, Service Quotas and the Tagging API behind one address, told apart by
 * the scope of the signature. Its differences from AWS are listed in docs/fake-aws.md.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AwsConnection, Keys } from '../../../src/credentials/aws-connection.js';
import { ec2 } from './ec2.js';
import { eks, eksAction } from './eks.js';
import { iam } from './iam.js';
import { serviceQuotas } from './service-quotas.js';
import { s3, s3Access } from './s3.js';
import type { Answer, Asking } from './service.js';
import { signerOf, type Received } from './signature.js';
import { mayCall, sts } from './sts.js';
import { Refusal, World, type FakeAccount } from './world.js';
import { kms, tagging } from './tagging.js';
import { xml } from './xml.js';

export interface FakeAws extends AwsConnection {
  readonly endpoint: string;
  readonly controlKeys: Keys;
  readonly world: World;
  /** Changes an account, or makes one. */
  put(id: string, account: FakeAccount): void;
  /** The next call of this action (`AssumeRole`) is answered with this error. */
  failNext(action: string, refusal: Refusal): void;
  close(): Promise<void>;
}

/** The account that Terrace itself runs in; its user may assume any role that trusts it. */
export const controlAccount = '999999999999';

export async function startFakeAws(
  accounts: Readonly<Record<string, FakeAccount>> = {},
  now: () => Date = () => new Date(),
): Promise<FakeAws> {
  const world = new World(new Map(Object.entries({ [controlAccount]: {}, ...accounts })), now);
  const controlKeys = world.issue({
    account: controlAccount,
    arn: `arn:aws:iam::${controlAccount}:user/terrace`,
    tags: {},
    transitive: [],
  });
  const server = createServer((req, res) => void answer(world, req, res));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    controlKeys,
    world,
    put: (id, account) => void world.accounts.set(id, account),
    failNext: (action, refusal) =>
      void world.faults.set(action, [...(world.faults.get(action) ?? []), refusal]),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const services: Readonly<Record<string, (asking: Asking) => Answer>> = {
  sts: (asking) => ({ type: 'text/xml', body: sts(asking) }),
  ec2: (asking) => ({ type: 'text/xml', body: ec2(asking) }),
  eks: (asking) => ({ type: 'application/json', body: eks(asking) }),
  iam: (asking) => ({ type: 'text/xml', body: iam(asking) }),
  s3: (asking) =>
    s3(asking, (bucketArn) => allowed(asking, { action: 's3:ListBucket', resource: bucketArn })),
  kms: (asking) => ({ type: 'application/x-amz-json-1.1', body: kms(asking) }),
  tagging: (asking) => ({ type: 'application/x-amz-json-1.1', body: tagging(asking) }),
  servicequotas: (asking) => ({ type: 'application/x-amz-json-1.1', body: serviceQuotas(asking) }),
};

async function answer(world: World, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
  const received: Received = {
    method: req.method ?? 'GET',
    url: req.url ?? '/',
    headers: req.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
  let service = '';
  try {
    const signer = signerOf(world, received);
    service = signer.service;
    const asking = askingOf(world, received, signer);
    admit(asking);
    const serve = services[service];
    if (serve === undefined) throw new Refusal('InvalidAction', `no stand-in for ${service}`);
    const { status = 200, type, headers, body } = serve(asking);
    res.writeHead(status, { ...headers, 'content-type': type }).end(body);
  } catch (error) {
    refuse(
      res,
      service,
      error instanceof Refusal ? error : new Refusal('InternalFailure', String(error), 500),
    );
  }
}

function askingOf(world: World, received: Received, signer: Asking['signer']): Asking {
  const [path = '/', search = ''] = received.url.split('?');
  const params = paramsOf(received, search);
  const target = String(received.headers['x-amz-target'] ?? '')
    .split('.')
    .at(-1);
  const { method, headers, body } = received;
  const rest: Readonly<Record<string, () => string>> = {
    eks: () => eksAction(path),
    s3: () => s3Access(method, path, params).action,
  };
  return {
    world,
    action: rest[signer.service]?.() ?? params.Action ?? target ?? '',
    params,
    signer,
    path,
    method,
    headers,
    body,
  };
}

/** Of a form, a query or a flat JSON object. */
function paramsOf({ body, headers }: Received, search: string): Record<string, string> {
  if (search !== '') return Object.fromEntries(new URLSearchParams(search));
  if (!String(headers['content-type'] ?? '').includes('json'))
    return Object.fromEntries(new URLSearchParams(body === '' ? search : body));
  const members = Object.entries(JSON.parse(body === '' ? '{}' : body) as Record<string, unknown>);
  return Object.fromEntries(members.map(([name, value]) => [name, String(value)]));
}

/** Of actions, where it is not the service of the signature. */
const prefixes: Readonly<Record<string, string>> = { tagging: 'tag' };

/** Notes the call, plays the fault meant for it, and asks the policies of the caller. */
function admit(asking: Asking): void {
  const { world, action, params, signer, path, method } = asking;
  const { identity, service, region } = signer;
  const { Policy: _policy, ...shown } = params;
  world.calls.push({
    service,
    action,
    region,
    account: identity.account,
    principal: identity.arn,
    params: shown,
  });
  const fault = world.faults.get(action)?.shift();
  if (fault !== undefined) throw fault;
  // AssumeRole asks for itself; anybody may ask who they are.
  if (service === 'sts') return;
  const about: Readonly<Record<string, string>> = {
    eks:
      action === 'ListClusters'
        ? '*'
        : `arn:aws:eks:${region}:${identity.account}:cluster/${path.split('/').at(-1)}`,
    s3: s3Access(method, path, params).resource,
    iam:
      params.PolicySourceArn ??
      (params.RoleName === undefined ? '*' : `arn:aws:iam::${identity.account}:role/${params.RoleName}`),
    kms: params.KeyId ?? '*',
  };
  const asked = { action: `${prefixes[service] ?? service}:${action}`, resource: about[service] ?? '*' };
  if (allowed(asking, asked)) return;
  const codes: Readonly<Record<string, string>> = { ec2: 'UnauthorizedOperation', s3: 'AccessDenied' };
  const code = codes[service] ?? 'AccessDeniedException';
  throw new Refusal(code, `${identity.arn} is not authorized to perform ${asked.action}`, 403);
}

/** What the caller's role and session may do. */
function allowed({ world, signer }: Asking, one: { action: string; resource: string }): boolean {
  const { identity, region } = signer;
  const tags = Object.entries(identity.tags).map(([key, value]) => [`aws:PrincipalTag/${key}`, value]);
  const about = Object.entries(world.account(identity.account).things?.[one.resource]?.tags ?? {});
  tags.push(...about.map(([key, value]) => [`aws:ResourceTag/${key}`, value]));
  const context = { 'aws:RequestedRegion': region, ...(Object.fromEntries(tags) as Record<string, string>) };
  const asked = { ...one, context };
  return mayCall(world.role(identity.role ?? '')?.permissions, asked) && mayCall(identity.policy, asked);
}

function refuse(res: ServerResponse, service: string, { code, message, status }: Refusal): void {
  if (service === 's3') {
    const body = xml('Error', { Code: code, Message: message, RequestId: 'fake' }, '');
    res.writeHead(status, { 'content-type': 'application/xml' }).end(body);
    return;
  }
  if (service === 'ec2') {
    const body = { Errors: { Error: { Code: code, Message: message } }, RequestID: 'fake' };
    res.writeHead(status, { 'content-type': 'text/xml' }).end(xml('Response', body, ''));
    return;
  }
  if (service === 'sts' || service === 'iam' || service === '') {
    const type = status >= 500 ? 'Receiver' : 'Sender';
    const body = { Error: { Type: type, Code: code, Message: message }, RequestId: 'fake' };
    res.writeHead(status, { 'content-type': 'text/xml' }).end(xml('ErrorResponse', body, ''));
    return;
  }
  res
    .writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': code })
    .end(JSON.stringify({ __type: code, message }));
}
