import express, { type RequestHandler } from 'express';
import { appError } from '../src/errors/app-error.js';

const limitBytes = 1_048_576;

const json = express.json({ limit: limitBytes, type: () => true, strict: false });

/** Reads a JSON body of at most 1 MiB; another content type is refused before anything is read. */
export const readBody: RequestHandler = (req, res, next) => {
  if (!carriesBody(req.headers)) return next();
  const given = req.get('content-type') ?? '';
  if (!req.is(['application/json', 'application/*+json'])) {
    throw appError(
      'unsupported_media_type',
      `content type ${given === '' ? 'none' : given.slice(0, 100)} is not supported: send application/json`,
    );
  }
  const charset = /;\s*charset\s*=\s*"?([^\s";]*)/i.exec(given)?.[1] ?? 'utf-8';
  if (!/^utf-?8$/i.test(charset))
    throw appError('unsupported_media_type', `the body must be JSON in UTF-8, not ${charset.slice(0, 100)}`);
  json(req, res, next);
};

function carriesBody(headers: Readonly<Record<string, unknown>>): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}
