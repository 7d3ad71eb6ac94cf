import { z } from 'zod';
import type { AppDeps, SandboxAdmin } from '../deps.js';
import { route, type Route } from '../route.js';
import { environmentParams } from '../schemas/environment.js';

const tag = 'sandbox';
const base = '/api/v1/sandbox/environments/{environment_id}';
const faultList = z
  .strictObject({ faults: z.unknown() })
  .meta({ id: 'SandboxFaults', description: 'see docs/sandbox.md' });
const objectList = z.strictObject({ items: z.array(z.unknown()) }).meta({ id: 'SandboxObjects' });

const objectChange = z
  .strictObject({
    type: z.string().max(200),
    object_id: z.string().max(2000),
    value: z
      .record(z.string(), z.unknown())
      .nullable()
      .describe('merged into its attributes (RFC 7396); null removes the object'),
  })
  .meta({ id: 'SandboxObjectChange' });

/** What really exists in the sandbox, and the faults it shall have; only while the sandbox is on. */
export function sandboxRoutes({ environments }: AppDeps, sandbox: SandboxAdmin): Route[] {
  const faultsOf = async (id: string) => ({ body: { faults: await sandbox.faults(id) } });
  const request = { params: environmentParams };
  const response = { status: 200, description: 'the faults', schema: faultList };
  return [
    route({
      method: 'get',
      path: `${base}/faults`,
      right: 'sandbox',
      tag,
      summary: 'Read the faults of an environment',
      request,
      response,
      errors: ['not_found'],
      handle: async ({ ctx, params: { environment_id: id } }) => {
        await environments.get(ctx, id);
        return faultsOf(id);
      },
    }),
    route({
      method: 'put',
      path: `${base}/faults`,
      right: 'sandbox',
      tag,
      summary: 'Set the faults of an environment',
      request: { ...request, body: faultList },
      response,
      errors: ['not_found'],
      handle: async ({ ctx, params: { environment_id: id }, body }) => {
        await environments.get(ctx, id);
        await sandbox.setFaults(id, body.faults);
        return faultsOf(id);
      },
    }),
    route({
      method: 'delete',
      path: `${base}/faults`,
      right: 'sandbox',
      tag,
      summary: 'Remove the faults of an environment',
      request,
      response,
      errors: ['not_found'],
      handle: async ({ ctx, params: { environment_id: id } }) => {
        await environments.get(ctx, id);
        await sandbox.setFaults(id, []);
        return faultsOf(id);
      },
    }),
    route({
      method: 'get',
      path: `${base}/objects`,
      right: 'sandbox',
      tag,
      summary: 'List what exists of an environment in the sandbox',
      request,
      response: { status: 200, description: 'the objects', schema: objectList },
      errors: ['not_found'],
      handle: async ({ ctx, params: { environment_id: id } }) => {
        await environments.get(ctx, id);
        return { body: { items: [...(await sandbox.objects(id))] } };
      },
    }),
    route({
      method: 'patch',
      path: `${base}/objects`,
      right: 'sandbox',
      tag,
      summary: 'Change or remove an object of the sandbox behind the back of Terrace: drift',
      request: { ...request, body: objectChange },
      response: { status: 200, description: 'the objects', schema: objectList },
      errors: ['not_found'],
      handle: async ({ ctx, params: { environment_id: id }, body }) => {
        await environments.get(ctx, id);
        const { type, object_id: objectId, value } = body;
        await sandbox.changeObject(id, { type, objectId, value });
        return { body: { items: [...(await sandbox.objects(id))] } };
      },
    }),
  ];
}
