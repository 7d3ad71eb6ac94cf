import type { WebhookService } from '../../src/webhook/webhook-service.js';
import type { CreateWebhook } from '../../src/webhook/webhook.js';
import { pageAnswer, pageRequest } from '../cursor.js';
import type { AppDeps } from '../deps.js';
import { route, type Route } from '../route.js';
import * as schema from '../schemas/webhook.js';

const tag = 'webhooks';
const base = '/api/v1/webhooks';
const one = `${base}/{webhook_id}`;
const right = 'webhooks';

/** Webhooks: where events are sent to. */
export function webhookRoutes({ webhooks }: AppDeps): Route[] {
  return [...settingRoutes(webhooks), ...secretRoutes(webhooks), ...deliveryRoutes(webhooks)];
}

function settingRoutes(webhooks: WebhookService): Route[] {
  const response = { status: 200, description: 'the webhook', schema: schema.webhook } as const;
  return [
    route({
      method: 'get',
      path: base,
      right,
      tag,
      summary: 'List webhooks, newest first',
      request: { query: schema.webhookQuery },
      response: { status: 200, description: 'one page', schema: schema.webhookPage },
      errors: ['invalid_cursor'],
      handle: async (input) =>
        pageAnswer(
          input,
          await webhooks.list(input.ctx, input.query.tenant_id, pageRequest(input)),
          schema.webhookView,
        ),
    }),
    route({
      method: 'get',
      path: one,
      right,
      tag,
      summary: 'Read a webhook',
      request: { params: schema.webhookParams },
      response,
      errors: ['not_found'],
      handle: async ({ ctx, params }) => ({
        body: schema.webhookView(await webhooks.get(ctx, params.webhook_id)),
      }),
    }),
    route({
      method: 'patch',
      path: one,
      right,
      tag,
      summary: 'Change a webhook, enable or disable it',
      request: { params: schema.webhookParams, body: schema.changeWebhook },
      response,
      errors: ['not_found'],
      handle: async ({ ctx, params, body }) => {
        const { event_types: eventTypes, ...rest } = body;
        const change = eventTypes === undefined ? rest : { ...rest, eventTypes };
        return { body: schema.webhookView(await webhooks.change(ctx, params.webhook_id, change)) };
      },
    }),
    route({
      method: 'delete',
      path: one,
      right,
      tag,
      summary: 'Remove a webhook with its deliveries',
      request: { params: schema.webhookParams },
      response: { status: 200, description: 'it is removed', schema: schema.deletedWebhook },
      errors: ['not_found'],
      handle: async ({ ctx, params }) => {
        await webhooks.remove(ctx, params.webhook_id);
        return { body: { webhook_id: params.webhook_id, deleted: true as const } };
      },
    }),
  ];
}

function secretRoutes(webhooks: WebhookService): Route[] {
  return [
    route({
      method: 'post',
      path: base,
      right,
      tag,
      summary: 'Make a webhook; its secret is told once',
      request: { body: schema.createWebhook },
      response: {
        status: 201,
        description: 'the webhook with its secret',
        schema: schema.webhookWithSecret,
        headers: ['Location'],
      },
      errors: ['not_found', 'webhook_limit'],
      handle: async ({ ctx, body }) => {
        const { tenant_id, event_types: eventTypes, ...rest } = body;
        const command: CreateWebhook = {
          ...rest,
          eventTypes,
          tenantId: tenant_id ?? ctx.principal.tenantId,
        };
        const { webhook, secret } = await webhooks.create(ctx, command);
        return {
          body: { ...schema.webhookView(webhook), secret },
          headers: { Location: `${base}/${webhook.webhookId}` },
        };
      },
    }),
    route({
      method: 'post',
      path: `${one}/rotate-secret`,
      right,
      tag,
      summary: 'Make a new secret, told once; the former one signs beside it for a while',
      request: { params: schema.webhookParams, body: schema.rotateSecret },
      response: {
        status: 200,
        description: 'the webhook with its new secret',
        schema: schema.webhookWithSecret,
      },
      errors: ['not_found'],
      handle: async ({ ctx, params, body }) => {
        const { webhook, secret } = await webhooks.rotateSecret(ctx, params.webhook_id, body.overlap_hours);
        return { body: { ...schema.webhookView(webhook), secret } };
      },
    }),
  ];
}

function deliveryRoutes(webhooks: WebhookService): Route[] {
  const accepted = {
    status: 202,
    description: 'it is being sent; poll the delivery at `Location`',
    schema: schema.delivery,
    headers: ['Location'],
  } as const;
  const locationOf = (ids: { readonly webhookId: string; readonly deliveryId: string }) => ({
    Location: `${base}/${ids.webhookId}/deliveries/${ids.deliveryId}`,
  });
  return [
    route({
      method: 'post',
      path: `${one}/ping`,
      right,
      tag,
      summary: 'Send a ping to try a webhook, enabled or not',
      request: { params: schema.webhookParams },
      response: accepted,
      errors: ['not_found'],
      handle: async ({ ctx, params }) => {
        const delivery = await webhooks.ping(ctx, params.webhook_id);
        return { body: schema.deliveryView(delivery), headers: locationOf(delivery) };
      },
    }),
    route({
      method: 'get',
      path: `${one}/deliveries`,
      right,
      tag,
      summary: 'List what was and will be sent, newest first',
      request: { params: schema.webhookParams, query: schema.deliveryQuery },
      response: { status: 200, description: 'one page', schema: schema.deliveryPage },
      errors: ['not_found', 'invalid_cursor'],
      handle: async (input) => {
        const filter = { webhookId: input.params.webhook_id, status: input.query.status };
        const page = await webhooks.deliveries(input.ctx, filter, pageRequest(input));
        return pageAnswer(input, page, schema.deliveryView);
      },
    }),
    route({
      method: 'get',
      path: `${one}/deliveries/{delivery_id}`,
      right,
      tag,
      summary: 'Read a delivery with its body',
      request: { params: schema.deliveryParams },
      response: { status: 200, description: 'the delivery', schema: schema.deliveryWithBody },
      errors: ['not_found'],
      handle: async ({ ctx, params }) => {
        const delivery = await webhooks.delivery(ctx, params.webhook_id, params.delivery_id);
        return { body: { ...schema.deliveryView(delivery), body: delivery.body } };
      },
    }),
    route({
      method: 'post',
      path: `${one}/deliveries/{delivery_id}/redeliver`,
      right,
      tag,
      summary: 'Send a delivery once more, now',
      request: { params: schema.deliveryParams },
      response: accepted,
      errors: ['not_found', 'action_not_allowed'],
      handle: async ({ ctx, params }) => {
        const delivery = await webhooks.redeliver(ctx, params.webhook_id, params.delivery_id);
        return { body: schema.deliveryView(delivery), headers: locationOf(delivery) };
      },
    }),
  ];
}
