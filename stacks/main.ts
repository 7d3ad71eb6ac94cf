import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'cdktf';
import { projectRoot } from '../src/lib/project-root.js';
import { addStack } from './synth/synthesize.js';

/** What `cdktf synth` runs: the stack of an input file (default: the example) into `cdktf.out`, as CDKTF lays it out. */
const file = process.argv[2] ?? join(projectRoot, 'stacks/example/app.json');
const app = new App({ skipBackendValidation: true, stackTraces: false });
addStack(app, JSON.parse(readFileSync(file, 'utf8')));
app.synth();
