/**
 * A stand-in for AWS on loopback: STS, EC2, EKS, IAM and Service Quotas behind one address, told apart by the scope of the
 * signature. Its differences from AWS are listed in docs/fake-aws.md.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AwsConnection, Keys } from '../../../src/credentials/aws-connection.js';
import { ec2 } from './ec2.js';
import { eks, eksAction } from './eks.js';
import { iam } from './iam.js';
import { serviceQuotas } from './service-quotas.js';
import type { Asking } from './service.js';
import { signerOf, type Received } from './signature.js';
import { mayCall, sts } from './sts.js';
import { Refusal, World, type FakeAccount } from './world.js';
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

interface Answer {
  readonly type: string;
  readonly body: string;
}

const services: Readonly<Record<string, (asking: Asking) => Answer>> = {
  sts: (asking) => ({ type: 'text/xml', body: sts(asking) }),
  ec2: (asking) => ({ type: 'text/xml', body: ec2(asking) }),
  eks: (asking) => ({ type: 'application/json', body: eks(asking) }),
  iam: (asking) => ({ type: 'text/xml', body: iam(asking) }),
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
    const { type, body } = serve(asking);
    res.writeHead(200, { 'content-type': type }).end(body);
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
  const action = signer.service === 'eks' ? eksAction(path) : (params.Action ?? target ?? '');
  return { world, action, params, signer, path };
}

/** Of a form, a query or a flat JSON object. */
function paramsOf({ body, headers }: Received, search: string): Record<string, string> {
  if (!String(headers['content-type'] ?? '').includes('json'))
    return Object.fromEntries(new URLSearchParams(body === '' ? search : body));
  const members = Object.entries(JSON.parse(body === '' ? '{}' : body) as Record<string, unknown>);
  return Object.fromEntries(members.map(([name, value]) => [name, String(value)]));
}

/** Notes the call, plays the fault meant for it, and asks the policies of the caller. */
function admit({ world, action, params, signer, path }: Asking): void {
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
  const asked = {
    action: `${service}:${action}`,
    resource:
      service === 'eks' ? `arn:aws:eks:${region}:${identity.account}:cluster/${path.split('/').at(-1)}` : '*',
    context: { 'aws:RequestedRegion': region },
  };
  const role = world.role(identity.role ?? '');
  if (mayCall(role?.permissions, asked) && mayCall(identity.policy, asked)) return;
  const code = service === 'ec2' ? 'UnauthorizedOperation' : 'AccessDeniedException';
  throw new Refusal(code, `${identity.arn} is not authorized to perform ${asked.action}`, 403);
}

function refuse(res: ServerResponse, service: string, { code, message, status }: Refusal): void {
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
