import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { wireSchemas } from './schema/wire-schema.js';
import type { ProviderName } from './schema/types-in-use.js';

const folder = fileURLToPath(new URL('protocol', import.meta.url));
const options = { keepCase: true, longs: Number, defaults: true, oneofs: true };

export interface PluginServices {
  readonly provider: ServiceDefinition;
  readonly broker: ServiceDefinition;
  readonly controller: ServiceDefinition;
  readonly stdio: ServiceDefinition;
  readonly health: ServiceDefinition;
}

let loaded: PluginServices | undefined;

/** The gRPC services that a Terraform plugin answers. An answer that is a Buffer already goes out as it is. */
export function pluginServices(): PluginServices {
  loaded ??= {
    provider: passBuffers(load('provider.proto', 'tfplugin6.Provider')),
    broker: load('plugin.proto', 'plugin.GRPCBroker'),
    controller: load('plugin.proto', 'plugin.GRPCController'),
    stdio: load('plugin.proto', 'plugin.GRPCStdio'),
    health: load('health.proto', 'grpc.health.v1.Health'),
  };
  return loaded;
}

function load(file: string, service: string): ServiceDefinition {
  const path = join(folder, file);
  const definition = loadSync(path, options)[service];
  if (definition === undefined)
    throw new Error(`${path} (${readFileSync(path).length} bytes) does not define ${service}`);
  return definition as ServiceDefinition;
}

function passBuffers(service: ServiceDefinition): ServiceDefinition {
  const method = service['GetProviderSchema'];
  if (method === undefined) throw new Error('provider.proto does not define GetProviderSchema');
  const responseSerialize = (answer: object) =>
    Buffer.isBuffer(answer) ? answer : method.responseSerialize(answer);
  return { ...service, GetProviderSchema: { ...method, responseSerialize } };
}

const encodedSchemas = new Map<ProviderName, Buffer>();

/** The answer to GetProviderSchema, encoded once per process. */
export function encodedSchema(provider: ProviderName): Buffer {
  let encoded = encodedSchemas.get(provider);
  if (encoded === undefined) {
    const method = pluginServices().provider['GetProviderSchema'];
    encoded = method?.responseSerialize(wireSchemas(provider)) ?? Buffer.alloc(0);
    encodedSchemas.set(provider, encoded);
  }
  return encoded;
}
