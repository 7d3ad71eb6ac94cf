import { parsers } from 'prettier/plugins/yaml';

interface Node {
  readonly type: string;
  readonly value?: string;
  readonly children?: readonly (Node | null)[];
}

const parse = parsers.yaml.parse as (text: string, options: object) => Node;

/** The documents of a YAML text as plain values, empty ones left out. Anchors, tags and merges are refused: nothing of ours has them. */
export function parseYaml(text: string): unknown[] {
  return (parse(text, {}).children ?? [])
    .flatMap((document) => document?.children ?? [])
    .filter((part) => part?.type === 'documentBody')
    .map((body) => valueOf(body?.children?.find((child) => child !== null && child.type !== 'comment')))
    .filter((value) => value !== null);
}

function valueOf(node: Node | null | undefined): unknown {
  if (node === null || node === undefined || node.type === 'null') return null;
  const children = node.children ?? [];
  switch (node.type) {
    case 'mapping':
    case 'flowMapping':
      return objectOf(children);
    case 'sequence':
    case 'flowSequence':
      return children.map((item) => valueOf(item?.type.endsWith('equenceItem') ? item.children?.[0] : item));
    case 'plain':
      return scalarOf(node.value ?? '');
    case 'quoteSingle':
    case 'quoteDouble':
    case 'blockLiteral':
    case 'blockFolded':
      return node.value ?? '';
    default:
      throw new Error(`YAML of type ${node.type} is not read here`);
  }
}

function objectOf(items: readonly (Node | null)[]): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const item of items) {
    const [key, value] = item?.children ?? [];
    const name = String(valueOf(key?.children?.[0]));
    if (name in result) throw new Error(`key ${name} is given twice`);
    result[name] = valueOf(value?.children?.[0]);
  }
  return result;
}

/** YAML 1.2, core schema. */
function scalarOf(text: string): unknown {
  if (/^(null|Null|NULL|~|)$/.test(text)) return null;
  if (/^(true|True|TRUE)$/.test(text)) return true;
  if (/^(false|False|FALSE)$/.test(text)) return false;
  if (/^[-+]?(\d+|(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?)$/.test(text)) return Number(text);
  return text;
}
