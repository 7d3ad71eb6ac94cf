import helmet from 'helmet';

/**
 * Headers of every answer: nothing is cached, framed, sniffed or run, and a browser that came by https comes back by https. A
 * page that needs more sets its own policy.
 */
export const securityHeaders = [
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    xFrameOptions: { action: 'deny' },
    strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: false },
  }),
  noStore,
];

function noStore(_req: unknown, res: { setHeader(name: string, value: string): unknown }, next: () => void) {
  res.setHeader('Cache-Control', 'no-store');
  next();
}
