import {
  changeObject,
  createObject,
  faultTarget,
  importObject,
  readObject,
  removeObject,
  type Cloud,
} from './cloud.js';
import { dataSources } from './data-sources.js';
import { errorDiagnostic, wirePath, type Diagnostic } from './diagnostics.js';
import { withDynamicValues, withWirePairs } from './dynamic-values.js';
import { Refusal, type CallSignal } from './fault-player.js';
import { planChange } from './plan-change.js';
import { noSettings, readSettings, settingsFaults, withAllTags } from './provider-settings.js';
import { loadCatalog } from './schema/catalog.js';
import { findTypeSchema, type TypeSchema } from './schema/type-schema.js';
import type { ProviderName } from './schema/types-in-use.js';
import { conform, mapAttributes } from './schema/walk.js';
import { decodeValue, encodeValue, isObject, UNKNOWN, type ValueObject } from './values.js';

interface Wire {
  readonly msgpack?: Uint8Array;
  readonly json?: Uint8Array;
}

/** The members of the requests in protocol/provider.proto that the sandbox reads. */
export interface CallRequest {
  readonly type_name: string;
  readonly id: string;
  readonly config: Wire | null;
  readonly current_state: Wire | null;
  readonly prior_state: Wire | null;
  readonly proposed_new_state: Wire | null;
  readonly planned_state: Wire | null;
  readonly raw_state: Wire | null;
  readonly private: Uint8Array;
  readonly prior_private: Uint8Array;
  readonly planned_private: Uint8Array;
}

/** Answers one call; whoever waits asks for the signal, which fires when the call or the session is to end. */
export type ProviderCall = (request: CallRequest, signal: CallSignal) => Promise<object>;

/** The calls of one provider in one session, by the method names of the protocol. */
export function providerCalls(provider: ProviderName, cloud: Cloud): Readonly<Record<string, ProviderCall>> {
  const { run, faults } = cloud;
  let settings = noSettings;

  return {
    ValidateProviderConfig: () => Promise.resolve({ diagnostics: [] }),

    ConfigureProvider: async (request) => {
      const config = objectOf(request.config);
      await faults.refresh();
      settings = readSettings(provider, config);
      return { diagnostics: settingsFaults(provider, config, run).map((text) => errorDiagnostic(text)) };
    },

    ValidateResourceConfig: (request) => {
      const schema = schemaOf(request);
      return Promise.resolve({ diagnostics: configFaults(schema, valueOf(schema, request.config) ?? {}) });
    },

    ValidateDataResourceConfig: () => Promise.resolve({ diagnostics: [] }),

    UpgradeResourceState: (request) => {
      const schema = schemaOf(request);
      const state = valueOf(schema, request.raw_state);
      const upgraded = state && conform(schema.block, state);
      return Promise.resolve({ upgraded_state: wireOf(schema, upgraded) });
    },

    ReadResource: (request, signal) =>
      orRefusal({ new_state: request.current_state, private: request.private }, async () => {
        const schema = schemaOf(request);
        const state = valueOf(schema, request.current_state) ?? {};
        await faults.before(faultTarget(cloud, schema, { on: 'read', value: state }), signal);
        const found = await readObject(cloud, schema, state);
        return { new_state: wireOf(schema, found), private: request.private };
      }),

    PlanResourceChange: (request, signal) =>
      orRefusal({ planned_state: request.prior_state }, async () => {
        const schema = schemaOf(request);
        const proposed = valueOf(schema, request.proposed_new_state);
        const answer = {
          planned_private: request.prior_private,
          legacy_type_system: schema.legacyTypeSystem,
        };
        if (proposed === null) return { ...answer, planned_state: encodeValue(null) };
        await faults.before(faultTarget(cloud, schema, { on: 'plan', value: proposed }), signal);
        const prior = valueOf(schema, request.prior_state);
        const config = valueOf(schema, request.config) ?? {};
        const change = planChange(schema, { proposed, prior, config });
        return {
          ...answer,
          planned_state: wireOf(schema, withAllTags(schema, change.planned, settings)),
          requires_replace: change.requiresReplace.map(wirePath),
        };
      }),

    ApplyResourceChange: (request, signal) =>
      orRefusal({ new_state: request.prior_state, private: request.planned_private }, async () => {
        const schema = schemaOf(request);
        const value = await apply(cloud, schema, { request, signal });
        return {
          new_state: wireOf(schema, value),
          private: request.planned_private,
          legacy_type_system: schema.legacyTypeSystem,
        };
      }),

    ImportResourceState: (request) =>
      orRefusal({}, async () => {
        const schema = schemaOf(request);
        const found = await importObject(cloud, schema, request.id);
        if (found === undefined)
          throw new Refusal(
            `Cannot import non-existent remote object "${request.id}" of type ${schema.type}`,
          );
        return { imported_resources: [{ type_name: schema.type, state: wireOf(schema, found) }] };
      }),

    ReadDataSource: (request) =>
      orRefusal({}, async () => {
        const block = loadCatalog()[provider].dataSources[request.type_name];
        const read = dataSources[request.type_name];
        if (block === undefined || read === undefined)
          throw new Error(`the sandbox has no data source ${request.type_name}`);
        const config = objectOf(request.config);
        return { state: encodeValue(conform(block, { ...config, ...(await read(cloud, config)) })) };
      }),
  };
}

async function apply(
  cloud: Cloud,
  schema: TypeSchema,
  call: { request: CallRequest; signal: CallSignal },
): Promise<ValueObject | null> {
  const prior = valueOf(schema, call.request.prior_state);
  const planned = valueOf(schema, call.request.planned_state);
  const on = planned === null ? 'delete' : prior === null ? 'create' : 'update';
  const target = faultTarget(cloud, schema, { on, value: planned ?? prior ?? {} });
  await cloud.faults.before(target, call.signal);
  let value: ValueObject | null = null;
  if (planned === null) await removeObject(cloud, schema, prior ?? {});
  else if (prior === null) value = await createObject(cloud, schema, planned);
  else value = await changeObject(cloud, schema, { planned, prior });
  await cloud.faults.after(target);
  return value;
}

/** A refusal becomes a diagnostic beside the value that stays as it was. */
async function orRefusal(unchanged: object, work: () => Promise<object>): Promise<object> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ...unchanged, diagnostics: [errorDiagnostic(error.message)] };
  }
}

function configFaults(schema: TypeSchema, config: ValueObject): Diagnostic[] {
  const faults: Diagnostic[] = [];
  mapAttributes(schema.block, config, (held, { spec, steps }) => {
    if (spec.mode === 'computed' && held !== null && held !== UNKNOWN) {
      const detail = `"${steps().join('.')}" is decided by the provider.`;
      faults.push(errorDiagnostic('Value for unconfigurable attribute', detail, steps()));
    }
    return held;
  });
  faults.push(...(schema.overlay.faultsOf?.(config) ?? []).map((text) => errorDiagnostic(text)));
  return faults;
}

function schemaOf(request: CallRequest): TypeSchema {
  const schema = findTypeSchema(request.type_name);
  if (schema === undefined) throw new Error(`the sandbox has no resource type ${request.type_name}`);
  return schema;
}

/** The value of a resource as the rest of the sandbox knows it; null when there is none. */
function valueOf(schema: TypeSchema, wire: Wire | null): ValueObject | null {
  const value = decodeValue(wire);
  return isObject(value) ? withDynamicValues(schema, value) : null;
}

function wireOf(schema: TypeSchema, value: ValueObject | null) {
  return encodeValue(value && withWirePairs(schema, value));
}

function objectOf(wire: Wire | null): ValueObject {
  const value = decodeValue(wire);
  return isObject(value) ? value : {};
}
