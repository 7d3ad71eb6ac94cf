import type { AuditRow } from '../../src/audit/audit.js';
import { pageAnswer, pageRequest } from '../cursor.js';
import type { AppDeps } from '../deps.js';
import { route, type Route, type Stream } from '../route.js';
import * as schema from '../schemas/audit.js';

const tag = 'audit';
const base = '/api/v1/audit';
const lines = 'application/x-ndjson';

/** The audit log: read, export, verify. */
export function auditRoutes({ audit }: AppDeps): Route[] {
  return [
    route({
      method: 'get',
      path: base,
      right: 'audit',
      tag,
      summary: 'Read the audit log, newest first, or export it',
      request: { query: schema.auditQuery },
      response: {
        status: 200,
        description: `one page; with \`Accept: ${lines}\` all rows of the filter, oldest first, one a line`,
        schema: schema.auditPage,
        otherTypes: [lines],
      },
      errors: ['invalid_cursor'],
      handle: async (input) => {
        const filter = schema.auditFilter(input.query);
        if (input.req.accepts(['application/json', lines]) !== lines)
          return pageAnswer(
            input,
            await audit.list(input.ctx, filter, pageRequest(input, 'sequence')),
            schema.auditRowView,
          );
        const rows = audit.export(input.ctx, filter);
        return { contentType: lines, stream: (stream: Stream) => writeLines(stream, rows) };
      },
    }),
    route({
      method: 'get',
      path: `${base}/verify`,
      right: 'audit',
      platform: true,
      tag,
      summary: 'Walk the whole chain of the audit log and name the first row that is not as it was written',
      request: { query: schema.verifyQuery },
      response: { status: 200, description: 'the verdict', schema: schema.verdict },
      handle: async ({ ctx, query: { sequence, sha256 } }) => {
        const kept = sequence === undefined || sha256 === undefined ? undefined : { sequence, sha256 };
        return { body: schema.verdictView(await audit.verify(ctx, kept)) };
      },
    }),
  ];
}

async function writeLines(stream: Stream, batches: AsyncGenerator<AuditRow[]>): Promise<void> {
  for await (const rows of batches) {
    stream.write(rows.map((row) => `${JSON.stringify(schema.auditRowView(row))}\n`).join(''));
    await stream.drained();
    if (stream.signal.aborted) return;
  }
}
