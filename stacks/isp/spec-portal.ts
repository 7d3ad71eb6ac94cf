import { z } from 'zod';
import { namedTexts } from '../../src/spec/texts.js';
import { shortName } from '../../src/spec/names.js';
import { ingress as appIngress } from '../app/spec-ingress.js';
import { image, path, port } from './spec-fields.js';

const replicas = z
  .int({ error: 'must be a whole number' })
  .min(1, 'must be at least 1')
  .max(50, 'must be at most 50')
  .optional()
  .describe('pods; default: by customers and plan');

/** A page that answers on 8080 without root: it stands there until the image of the application is named. */
const placeholder = 'nginxinc/nginx-unprivileged:1.29.3-alpine';

const command = z
  .array(z.string().min(1).max(4096))
  .max(64)
  .describe('replaces the entry point of the image');

const part = {
  image: image(placeholder).describe('image with an exact tag or digest; default: a placeholder page'),
  command: command.optional(),
  port: port.default(8080).describe('port that the container listens on, above 1023'),
  health_path: path.default('/').describe('path that answers 200 while it serves'),
  replicas,
};

export const frontend = z.strictObject(part);
export const backend = z.strictObject(part);

export const setup = z.strictObject({
  admin_user: shortName.default('admin').describe('name of the first user; its password is made by Terrace'),
  admin_email: z
    .email({ error: 'must be an e-mail address' })
    .max(200)
    .optional()
    .describe('address of the first user'),
  command: command
    .min(1, 'name a command, or leave it out')
    .optional()
    .describe(
      'command in the image of the backend that sets up the database and its first user (ADMIN_USER, ADMIN_EMAIL, ADMIN_PASSWORD); default: tables `tenant` and `tenant_user` in schema `terrace`',
    ),
  timeout_seconds: z
    .int()
    .min(30, 'must be at least 30')
    .max(3600, 'must be at most 3600')
    .default(300)
    .describe('limit for the setup'),
});

/** The public address: `/` goes to the frontend, `/api` to the backend. */
export const ingress = appIngress.omit({ paths: true });

export const loadBalancer = z.strictObject({
  annotations: namedTexts(
    z
      .string()
      .regex(/^[a-z0-9](?:[a-z0-9.-]{0,200}[a-z0-9])?\/[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/, {
        error: 'must be an annotation such as "service.beta.kubernetes.io/aws-load-balancer-type"',
      }),
    z.string({ error: 'must be a text' }).max(1000, 'must be at most 1000 characters'),
  )
    .default({})
    .describe('annotations of the services, for the load balancer controller of the cluster'),
});
