/** Logins of database servers in the form of a password file (https://www.postgresql.org/docs/current/libpq-pgpass.html). Pure. */
export interface DatabaseLogin {
  readonly user: string;
  readonly password: string;
}

/**
 * The first line that fits: `host:port:database:user:password`, with `\` before `:` and `\`. `*` fits every port and database, and no
 * host: others have a say in which host is asked for.
 */
export function loginFor(
  text: string,
  { host, port, database }: { readonly host: string; readonly port: number; readonly database: string },
): DatabaseLogin | undefined {
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('#')) continue;
    const fields = [...line.matchAll(/((?:\\.|[^\\:])*)(?::|$)/g)].map(([, field = '']) =>
      field.replace(/\\(.)/g, '$1'),
    );
    const [ofHost, ofPort, ofDatabase, user = '', password = ''] = fields;
    const fits = (field: string | undefined, value: string) => field === '*' || field === value;
    if (user === '' || password === '') continue;
    if (ofHost === host && fits(ofPort, String(port)) && fits(ofDatabase, database))
      return { user, password };
  }
  return undefined;
}
