import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { catalogPath } from './schema/catalog.js';
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

/** Where the build step `derive-main` leaves the answer to GetProviderSchema: making it takes 0.3 s, too long for each start. */
export const schemaPath = (provider: ProviderName): string =>
  join(dirname(catalogPath), `${provider}.schema`);

/** The answer to GetProviderSchema, as it goes over the wire. */
export function encodeSchema(provider: ProviderName): Buffer {
  const method = pluginServices().provider['GetProviderSchema'];
  if (method === undefined) throw new Error('provider.proto does not define GetProviderSchema');
  return method.responseSerialize(wireSchemas(provider));
}

const encodedSchemas = new Map<ProviderName, Buffer>();

/** What `encodeSchema` gave at the build, read once per process. */
export function encodedSchema(provider: ProviderName): Buffer {
  const encoded = encodedSchemas.get(provider) ?? readFileSync(schemaPath(provider));
  encodedSchemas.set(provider, encoded);
  return encoded;
}
