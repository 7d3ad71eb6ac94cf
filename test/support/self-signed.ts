/** A certificate for 127.0.0.1 that is its own authority, made by the `openssl` of the machine for one test. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface SelfSigned {
  /** PEM. */
  readonly key: string;
  readonly certificate: string;
}

export async function selfSigned(days = 2): Promise<SelfSigned> {
  const request = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days ${days}`;
  const subject = '-subj /CN=terrace-test -addext subjectAltName=IP:127.0.0.1 -keyout - -out -';
  const { stdout } = await promisify(execFile)('openssl', `${request} ${subject}`.split(' '));
  const part = (name: string) =>
    new RegExp(`-----BEGIN ${name}-----[^-]+-----END ${name}-----\n`).exec(stdout)?.[0] ?? '';
  return { key: part('PRIVATE KEY'), certificate: part('CERTIFICATE') };
}
