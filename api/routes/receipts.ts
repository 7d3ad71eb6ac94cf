import type { AppDeps } from '../deps.js';
import { route, type Route } from '../route.js';
import { environmentParams } from '../schemas/environment.js';
import * as schema from '../schemas/receipt.js';

/** What a destroy left, signed. */
export function receiptRoutes({ receipts }: AppDeps): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/v1/environments/{environment_id}/receipt',
      right: 'read',
      tag: 'environments',
      summary: 'Read the signed receipt of the destroy',
      request: { params: environmentParams },
      response: { status: 200, description: 'the newest receipt', schema: schema.receiptAnswer },
      errors: ['not_found'],
      handle: async ({ ctx, params: { environment_id: id } }) => {
        const found = await receipts.read(ctx, id);
        return { body: { environment_id: id, receipt: found && schema.receiptView(found) } };
      },
    }),
  ];
}
