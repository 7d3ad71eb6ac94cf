import { readFile } from 'node:fs/promises';
import { runDemo } from './run-demo.js';

/** `node dist/api/demo.js <base url> <file with the token>`: exit 0 only if the whole journey held. */
async function main(): Promise<void> {
  const [baseUrl, tokenFile] = process.argv.slice(2);
  if (baseUrl === undefined || tokenFile === undefined)
    throw new Error('usage: demo.js <base url> <token file>');
  const token = (await readFile(tokenFile, 'utf8')).trim();
  await runDemo({ baseUrl, token, print: (line) => void process.stdout.write(`${line}\n`) });
}

main().catch((error: unknown) => {
  process.stderr.write(`demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
