/** The repository read as text and as imports, for the tests of its rules. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import ts from 'typescript';
import { projectRoot } from '../../src/lib/project-root.js';

export interface Import {
  /** A path from the root for a file of ours (`src/run/run.ts`), else the package or node module (`pg`, `node:fs`). */
  readonly target: string;
  readonly ours: boolean;
  readonly typeOnly: boolean;
}

export interface Source {
  /** From the root, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  readonly tree: ts.SourceFile;
  readonly imports: readonly Import[];
}

const skipped = new Set(['node_modules', 'dist', '.git', '.terrace', 'cdktf.out', 'coverage', '.tmp']);

/** Every file of the repository that is written by hand, from the root. */
export function repositoryFiles(folder = projectRoot): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (skipped.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return repositoryFiles(path);
    return entry.isFile() ? [relative(projectRoot, path).split('\\').join('/')] : [];
  });
}

export function readText(path: string): string {
  return readFileSync(join(projectRoot, path), 'utf8');
}

/** All TypeScript of a room (`src`, `api`, `worker`, `stacks`, `test`). */
export function sourcesOf(...rooms: string[]): Source[] {
  return repositoryFiles()
    .filter((path) => path.endsWith('.ts') && rooms.includes(path.split('/')[0]!))
    .map((path) => read.get(path) ?? readSource(path));
}

const read = new Map<string, Source>();

function readSource(path: string): Source {
  const text = readText(path);
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const lines = text.split('\n').length - 1;
  const source = { path, text, tree, lines, imports: importsOf(tree, path) };
  read.set(path, source);
  return source;
}

function importsOf(tree: ts.SourceFile, path: string): Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean) => {
    if (specifier !== undefined && ts.isStringLiteral(specifier))
      found.push({ ...resolveTarget(specifier.text, path), typeOnly });
  };
  walk(tree, (node) => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeImport(node));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false);
  });
  return found;
}

function isTypeImport({ importClause }: ts.ImportDeclaration): boolean {
  if (importClause === undefined) return false;
  if (importClause.isTypeOnly) return true;
  const names = importClause.namedBindings;
  if (importClause.name !== undefined || names === undefined || !ts.isNamedImports(names)) return false;
  return names.elements.length > 0 && names.elements.every((element) => element.isTypeOnly);
}

function resolveTarget(specifier: string, from: string): { target: string; ours: boolean } {
  if (!specifier.startsWith('.')) return { target: specifier, ours: false };
  return { target: posix.join(dirname(from), specifier).replace(/\.js$/, '.ts'), ours: true };
}

export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  node.forEachChild((child) => walk(child, visit));
}

/** `src/run/run-store.ts:12`, for messages. */
export function placeOf(source: Source, node: ts.Node): string {
  return `${source.path}:${source.tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
}

/** Fails with one line for each breach, and what to do about them. */
export function expectNone(breaches: readonly string[], remedy: string): void {
  if (breaches.length === 0) return;
  throw new Error(`${remedy}\n  ${[...new Set(breaches)].join('\n  ')}`);
}
