/** The kubeconfig of a run, as JSON (which is YAML): no secret of an EKS cluster is in it, tokens come from our exec plugin. */

export interface EksCluster {
  readonly name: string;
  /** `https://...eks.amazonaws.com`. */
  readonly endpoint: string;
  /** Base64 of the PEM. */
  readonly certificateAuthority: string;
}

export interface ExecPlugin {
  readonly command: string;
  readonly args: readonly string[];
}

export function eksKubeconfig(cluster: EksCluster, plugin: ExecPlugin): string {
  const { name, endpoint, certificateAuthority } = cluster;
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: endpoint, 'certificate-authority-data': certificateAuthority } }],
    users: [
      {
        name,
        user: {
          exec: {
            apiVersion: 'client.authentication.k8s.io/v1',
            command: plugin.command,
            args: plugin.args,
            interactiveMode: 'Never',
          },
        },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  });
}

/** For one look: the token is inside, and is good for a quarter of an hour. */
export function tokenKubeconfig({ name, endpoint, certificateAuthority }: EksCluster, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: endpoint, 'certificate-authority-data': certificateAuthority } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  });
}

/** The values of a kubeconfig that must not be seen, for the redactor. */
export function kubeconfigSecrets(text: string): string[] {
  const fields = /["']?(?:token|password|client-key-data)["']?\s*:\s*["']?([^"'\s,}]+)/g;
  return [...text.matchAll(fields)].map((match) => match[1]!);
}
