/** How a container is asked whether it serves. */
export type HealthCheck =
  | { readonly kind: 'http'; readonly path: string; readonly port: number }
  | { readonly kind: 'tcp'; readonly port: number }
  /** Healthy when the command exits 0. */
  | { readonly kind: 'command'; readonly command: readonly string[] };

const probePeriodS = 5;

/** The three probes of a container: while it starts (asked every 5 s, for at most `probePeriodSeconds`), whether it takes requests,
 *  and whether it has to be started anew (after a minute without an answer). */
export function probesOf(check: HealthCheck, probePeriodSeconds: number) {
  const how = { ...actionOf(check), timeoutSeconds: 5 };
  return {
    startupProbe: {
      ...how,
      periodSeconds: probePeriodS,
      failureThreshold: Math.ceil(probePeriodSeconds / probePeriodS),
    },
    readinessProbe: { ...how, periodSeconds: 10, failureThreshold: 3 },
    livenessProbe: { ...how, periodSeconds: 10, failureThreshold: 6 },
  };
}

function actionOf(check: HealthCheck) {
  if (check.kind === 'http') return { httpGet: { path: check.path, port: String(check.port) } };
  if (check.kind === 'tcp') return { tcpSocket: [{ port: String(check.port) }] };
  return { exec: { command: [...check.command] } };
}
