// Has the compiled stacks `require` CDKTF and its providers: they are CommonJS, and an `import` of such a module makes node read
// all 30 MB of them once more for the names they export, in every start of the generator.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const line = /^import \{ (.+) \} from ('(?:@cdktf\/[^']+|cdktf|constructs)');$/gm;
const opening =
  "import { createRequire } from 'node:module'; const requireCjs = createRequire(import.meta.url); ";

for (const name of readdirSync('dist/stacks', { recursive: true })) {
  if (!name.endsWith('.js')) continue;
  const path = join('dist/stacks', name);
  const text = readFileSync(path, 'utf8');
  let first = true;
  const changed = text.replace(line, (_, names, from) => {
    const before = first ? opening : '';
    first = false;
    return `${before}const { ${names.replaceAll(' as ', ': ')} } = requireCjs(${from});`;
  });
  if (changed !== text) writeFileSync(path, changed);
}
