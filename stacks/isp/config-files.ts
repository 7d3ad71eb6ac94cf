import { ConfigMapV1 } from '@cdktf/provider-kubernetes/lib/config-map-v1/index.js';
import { Construct } from 'constructs';
import { canonicalJson } from '../../src/lib/canonical-json.js';
import { sha256 } from '../../src/lib/hash.js';
import { commonLabels } from '../app/context.js';
import { literal } from '../literal.js';
import type { IspContext } from './context.js';

export interface ConfigFilesProps {
  readonly context: IspContext;
  readonly name: string;
  /** File name -> content; a `${` or `%{` in it stays as it is. No secret. */
  readonly files: Readonly<Record<string, string>>;
}

/** Files of a service in a ConfigMap. */
export class ConfigFiles extends Construct {
  readonly configMapName: string;
  /** Changes with the content: as an annotation of pods it starts them anew. */
  readonly annotations: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, { context, name, files }: ConfigFilesProps) {
    super(scope, id);
    const config = new ConfigMapV1(this, '$config', {
      metadata: { name, namespace: context.namespace, labels: commonLabels(context.app) },
      data: literal(files),
    });
    this.configMapName = config.metadata.name;
    this.annotations = { 'terrace.dev/config': sha256(canonicalJson(files)).slice(0, 16) };
  }
}
