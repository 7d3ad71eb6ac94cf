/** Exec plugin of the kubeconfig that a run gets: prints a fresh token for one cluster. Arguments: cluster, region. */
import { z } from 'zod';
import { readPluginSettings } from '../config/config.js';
import { execCredential } from '../credentials/eks-token.js';

const answer = z.object({
  AccessKeyId: z.string(),
  SecretAccessKey: z.string(),
  Token: z.string(),
  Expiration: z.iso.datetime({ offset: true }),
});

async function main([cluster, region]: readonly string[]): Promise<void> {
  if (cluster === undefined || region === undefined) throw new Error('usage: eks-token <cluster> <region>');
  const { uri, token, endpoint } = readPluginSettings();
  const response = await fetch(uri, {
    headers: { authorization: token },
    signal: AbortSignal.timeout(30_000),
  });
  if (!response.ok) throw new Error(`the worker gave no credentials (${response.status})`);
  const given = answer.parse(await response.json());
  const keys = {
    accessKeyId: given.AccessKeyId,
    secretAccessKey: given.SecretAccessKey,
    sessionToken: given.Token,
    expiration: new Date(given.Expiration),
  };
  process.stdout.write(JSON.stringify(execCredential({ cluster, region, keys, endpoint, now: new Date() })));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`eks-token: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
