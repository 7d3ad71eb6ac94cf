import { z } from 'zod';

/** Every service: whether it runs, which image, how much storage, who may reach it. */
export const services = z.strictObject({});
