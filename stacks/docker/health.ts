import type { ContainerHealthcheck } from '@cdktf/provider-docker/lib/container/index.js';
import type { HealthCheck } from '../kubernetes/probes.js';

/** How Docker asks a container whether it serves: each 5 s, unhealthy after six failures past the start period. The test runs inside the
 *  container, so its image has to have what the test calls. */
export function healthOf(check: HealthCheck, startPeriodSeconds: number): ContainerHealthcheck {
  return {
    test: testOf(check),
    interval: '5s',
    timeout: '5s',
    retries: 6,
    startPeriod: goDuration(startPeriodSeconds),
  };
}

function testOf(check: HealthCheck): string[] {
  if (check.kind === 'command') return ['CMD', ...check.command];
  if (check.kind === 'http') {
    const url = `http://127.0.0.1:${check.port}${check.path}`;
    return ['CMD-SHELL', `wget -q -O /dev/null '${url}' || curl -fsS -o /dev/null '${url}'`];
  }
  // A listening socket (state 0A) on the port, in hexadecimal. Source: proc(5), /proc/net/tcp.
  const port = check.port.toString(16).toUpperCase().padStart(4, '0');
  return ['CMD-SHELL', `grep -qE ':${port} 0+:0000 0A' /proc/net/tcp /proc/net/tcp6`];
}

/** Seconds as Docker gives them back, so that no plan sees a difference. Source: pkg.go.dev/time, Duration.String. */
function goDuration(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  if (hours > 0) return `${hours}h${minutes}m${seconds % 60}s`;
  return minutes > 0 ? `${minutes}m${seconds % 60}s` : `${seconds}s`;
}
