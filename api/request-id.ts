import type { RequestHandler } from 'express';
import { newId } from '../src/lib/ids.js';

const wellFormed = /^[A-Za-z0-9._-]{1,64}$/;

/** The request's id: the caller's `X-Request-Id` where it is well formed, else a new one. It is the correlation id of all that follows. */
export const requestId: RequestHandler = (req, res, next) => {
  const given = req.get('x-request-id');
  const id = given !== undefined && wellFormed.test(given) ? given : newId('request');
  res.locals.requestId = id;
  res.set('X-Request-Id', id);
  next();
};
