import express, { type RequestHandler } from 'express';
import { appError } from '../src/errors/app-error.js';

const limitBytes = 1_048_576;

const json = express.json({ limit: limitBytes, type: () => true, strict: false });

/** Reads a JSON body of at most 1 MiB; another content type is refused before anything is read. */
export const readBody: RequestHandler = (req, res, next) => {
  if (!carriesBody(req.headers)) return next();
  if (!req.is(['application/json', 'application/*+json'])) {
    const given = req.get('content-type') ?? 'none';
    throw appError(
      'unsupported_media_type',
      `content type ${given.slice(0, 100)} is not supported: send application/json`,
    );
  }
  json(req, res, next);
};

function carriesBody(headers: Readonly<Record<string, unknown>>): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}
