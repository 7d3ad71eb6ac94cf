// Run by terraform's provisioner in a run's environment: who am I, and what can I see?
/* global fetch, Buffer */
import { execFileSync } from 'node:child_process';

const { AWS_CONTAINER_CREDENTIALS_FULL_URI: uri, AWS_CONTAINER_AUTHORIZATION_TOKEN: authorization } =
  process.env;
const keys = await (await fetch(uri, { headers: { authorization } })).json();
const plugin = new URL('../../dist/src/main/eks-token.js', import.meta.url).pathname;
const { status } = JSON.parse(execFileSync(process.execPath, [plugin, 'shop', 'eu-central-1']).toString());
const url = Buffer.from(status.token.replace('k8s-aws-v1.', ''), 'base64url').toString();
const who = await (await fetch(url, { headers: { 'x-k8s-aws-id': 'shop' } })).text();
process.stdout.write(`identity ${/<Arn>(.*)<\/Arn>/.exec(who)?.[1]}\n`);
process.stdout.write(
  `environment ${Object.keys(process.env)
    .filter((name) => /^(AWS|KUBE)_/.test(name))
    .sort()
    .join(' ')}\n`,
);
// What must not be readable in the log of the run:
process.stdout.write(`secrets ${keys.Token} ${keys.SecretAccessKey} ${authorization}\n`);
