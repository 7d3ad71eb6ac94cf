import {
  Server,
  ServerCredentials,
  status,
  type handleUnaryCall,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { Log } from '../log/log.js';
import { Death } from './fault-player.js';
import type { CallRequest, ProviderCall } from './provider-calls.js';
import type { ProviderName } from './schema/types-in-use.js';
import { encodedSchema, pluginServices } from './services.js';

export interface ProviderServerProps {
  readonly provider: ProviderName;
  readonly calls: Readonly<Record<string, ProviderCall>>;
  /** Absolute, under 107 bytes. */
  readonly socketPath: string;
  readonly log: Log;
}

/** One provider on one socket. */
export interface ProviderServer {
  close(): void;
}

/** Serves a provider until closed. Throws when the socket cannot be made. */
export async function serveProvider(props: ProviderServerProps): Promise<ProviderServer> {
  const { provider, calls, log } = props;
  const server = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
  const close = () => server.forceShutdown();
  let stop = new AbortController();

  const answer =
    (method: string, call: ProviderCall): handleUnaryCall<CallRequest, object> =>
    (incoming, reply) => {
      call(incoming.request, () => AbortSignal.any([stop.signal, cancellationOf(incoming)])).then(
        (result) => reply(null, result),
        (error: unknown) => {
          if (error instanceof Death) return close();
          log.error({ err: error, provider, method }, 'the sandbox failed to answer');
          reply({ code: status.INTERNAL, details: `the sandbox failed to answer ${method}` });
        },
      );
    };

  const services = pluginServices();
  const methods = Object.entries(calls).map(([method, call]) => [method, answer(method, call)]);
  server.addService(services.provider, {
    ...(Object.fromEntries(methods) as UntypedServiceImplementation),
    GetProviderSchema: answer('GetProviderSchema', () => Promise.resolve(encodedSchema(provider))),
    StopProvider: answer('StopProvider', () => {
      stop.abort();
      stop = new AbortController();
      return Promise.resolve({ error: '' });
    }),
  });
  addPluginServices(server);
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${props.socketPath}`, ServerCredentials.createInsecure(), (error) =>
      error === null ? resolve() : reject(error),
    );
  });
  return {
    close: () => {
      stop.abort();
      close();
    },
  };
}

function cancellationOf(call: ServerUnaryCall<CallRequest, object>): AbortSignal {
  const canceled = new AbortController();
  if (call.cancelled) canceled.abort();
  call.on('cancelled', () => canceled.abort());
  return canceled.signal;
}

/** The services every go-plugin server has; their streams stay open and silent. */
function addPluginServices(server: Server): void {
  const services = pluginServices();
  const nothing: handleUnaryCall<object, object> = (_call, reply) => reply(null, {});
  const serving: handleUnaryCall<object, object> = (_call, reply) => reply(null, { status: 1 });
  server.addService(services.broker, {
    StartStream: (call: ServerDuplexStream<object, object>) => {
      call.on('data', () => undefined);
      call.on('end', () => call.end());
    },
  });
  server.addService(services.controller, { Shutdown: nothing });
  server.addService(services.stdio, {
    StreamStdio: (call: ServerWritableStream<object, object>) => {
      call.on('cancelled', () => call.end());
    },
  });
  server.addService(services.health, { Check: serving });
}
