/**
 * In front of moto, which lets anybody assume any role: reads the role's trust policy out of moto itself and answers
 * AssumeRole as STS would. Everything else goes through as it is.
 */
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decide, type Policy } from '../support/fake-aws/policy.js';
import { xml } from '../support/fake-aws/xml.js';

export interface TrustProxy {
  readonly endpoint: string;
  close(): Promise<void>;
}

export interface TrustProxyProps {
  readonly moto: string;
  /** The account that everybody is asked to trust. */
  readonly controlAccount: string;
  /** Null = there is no such role. */
  readonly trustOf: (roleArn: string) => Promise<Policy | null>;
}

export async function startTrustProxy(props: TrustProxyProps): Promise<TrustProxy> {
  const server = createServer((req, res) => {
    serve(props, req, res).catch((error: unknown) => res.writeHead(502).end(String(error)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function serve(props: TrustProxyProps, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const form = new URLSearchParams(body.length < 20_000 ? body.toString('utf8') : '');
  if (form.get('Action') === 'AssumeRole' && !(await trusts(props, form))) return refuse(res);
  const { host: _host, ...headers } = req.headers;
  const onward = request(props.moto + (req.url ?? '/'), { method: req.method, headers });
  onward.end(body);
  const [answer] = (await once(onward, 'response')) as [IncomingMessage];
  res.writeHead(answer.statusCode ?? 502, answer.headers);
  answer.pipe(res);
}

async function trusts(props: TrustProxyProps, form: URLSearchParams): Promise<boolean> {
  const policy = await props.trustOf(form.get('RoleArn') ?? '');
  if (policy === null) return false;
  const externalId = form.get('ExternalId');
  const context: Record<string, string> = externalId === null ? {} : { 'sts:ExternalId': externalId };
  const asked = {
    resource: '',
    principals: [`arn:aws:iam::${props.controlAccount}:root`],
    context,
  };
  const actions = ['sts:AssumeRole', ...(form.has('Tags.member.1.Key') ? ['sts:TagSession'] : [])];
  return actions.every((action) => decide(policy, { ...asked, action }) === 'allow');
}

function refuse(res: ServerResponse): void {
  const error = {
    Type: 'Sender',
    Code: 'AccessDenied',
    Message: 'is not authorized to perform: sts:AssumeRole',
  };
  const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';
  res
    .writeHead(403, { 'content-type': 'text/xml' })
    .end(xml('ErrorResponse', { Error: error, RequestId: 'trust' }, namespace));
}
