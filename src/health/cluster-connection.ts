/** How a cluster is reached by the client of the Kubernetes project, loaded when first needed; and what it refuses, as ours. */
import type * as Kubernetes from '@kubernetes/client-node';
import { appError, AppError } from '../errors/app-error.js';
import { codeOf } from '../errors/error-code.js';

export interface ClusterConnection {
  readonly client: typeof Kubernetes;
  readonly settings: Kubernetes.Configuration;
  /** Reads JSON; throws an error with the HTTP status as its `code`. */
  get(path: string, ask?: Ask): Promise<unknown>;
}

export interface Ask {
  readonly query?: Readonly<Record<string, string>>;
  /** @default application/json */
  readonly accept?: string;
}

/** `kubeconfig`: YAML or JSON. Throws `cluster_not_usable` for one that names no cluster. */
export async function openCluster(kubeconfig: string, signal: AbortSignal): Promise<ClusterConnection> {
  const client = await import('@kubernetes/client-node');
  const config = new client.KubeConfig();
  try {
    config.loadFromString(kubeconfig);
  } catch (cause) {
    throw appError('cluster_not_usable', 'its kubeconfig cannot be read: correct the file', { cause });
  }
  const cluster = config.getCurrentCluster();
  if (cluster === null)
    throw appError('cluster_not_usable', 'its kubeconfig names no current context: correct the file');
  const settings = client.createConfiguration({
    baseServer: new client.ServerConfiguration(cluster.server, {}),
    authMethods: { default: config },
    promiseMiddleware: [
      {
        pre: (context) => {
          context.setSignal(signal);
          return Promise.resolve(context);
        },
        post: (answer) => Promise.resolve(answer),
      },
    ],
  });
  const get = async (
    path: string,
    { query = {}, accept = 'application/json' }: Ask = {},
  ): Promise<unknown> => {
    const request = settings.baseServer.makeRequestContext(path, client.HttpMethod.GET);
    request.setSignal(signal);
    request.setHeaderParam('Accept', accept);
    for (const [name, value] of Object.entries(query)) request.setQueryParam(name, value);
    await config.applySecurityAuthentication(request);
    const { httpStatusCode: code, body } = await settings.httpApi.send(request).toPromise();
    const text = await body.text();
    if (code !== 200) throw Object.assign(new Error(`${path}: ${text.slice(0, 500)}`), { code });
    return JSON.parse(text);
  };
  return { client, settings, get };
}

export function clusterFault(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const code = codeOf(error);
  const detail = error instanceof Error ? error.message : String(error);
  if (code === 401)
    return appError('cluster_not_usable', 'it refuses our credentials: give the plan role access to it', {
      detail,
    });
  if (typeof code === 'string' && /CERT|ALTNAME|VERIFY/.test(code))
    return appError(
      'cluster_not_usable',
      `its certificate is not of the authority that is known for it (${code}): see who answers at its address`,
      { detail },
    );
  const why =
    typeof code === 'number' ? `it answers ${code}` : `it does not answer${code ? ` (${String(code)})` : ''}`;
  return appError('cluster_not_usable', `${why}: see that it runs and that workers reach it`, { detail });
}
