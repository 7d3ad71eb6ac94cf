{{/* Name of every object: the release's own, unless overridden. */}}
{{- define "hello.fullname" -}}
{{- .Values.fullnameOverride | default .Release.Name | trunc 53 | trimSuffix "-" -}}
{{- end -}}

{{/* What Terrace gives, or an empty map. */}}
{{- define "hello.terrace" -}}
{{- dig "terrace" (dict) (.Values.global | default dict) | toJson -}}
{{- end -}}

{{/* Labels of every object. */}}
{{- define "hello.labels" -}}
{{- $terrace := include "hello.terrace" . | fromJson -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with $terrace.tenant_id }}
terrace.dev/tenant-id: {{ . | quote }}
{{- end }}
{{- with $terrace.environment_id }}
terrace.dev/environment-id: {{ . | quote }}
{{- end }}
{{- end -}}

{{/* What the Service and the Deployment select by: the serving pods, not those of a migration. Never changes. */}}
{{- define "hello.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: server
{{- end -}}

{{/* `repository@digest`, else `repository:tag`. */}}
{{- define "hello.image" -}}
{{- if .digest -}}
{{ printf "%s@%s" .repository .digest }}
{{- else -}}
{{ printf "%s:%s" .repository .tag }}
{{- end -}}
{{- end -}}

{{/* The environment's ConfigMap and Secret as environment variables; later ones win. */}}
{{- define "hello.envFrom" -}}
{{- $terrace := include "hello.terrace" . | fromJson -}}
{{- with $terrace.config_map }}
- configMapRef:
    name: {{ . | quote }}
{{- end }}
{{- with $terrace.secret }}
- secretRef:
    name: {{ . | quote }}
{{- end }}
{{- end -}}

{{/* What all pods share: Pod Security level restricted, no token of the cluster. Takes `root` and `user`. */}}
{{- define "hello.pod" -}}
{{- $terrace := include "hello.terrace" .root | fromJson -}}
automountServiceAccountToken: false
{{- with $terrace.service_account }}
serviceAccountName: {{ . | quote }}
{{- end }}
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .user }}
  runAsGroup: {{ .user }}
  fsGroup: {{ .user }}
  seccompProfile:
    type: RuntimeDefault
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
{{- with .root.Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Security context of every container. */}}
{{- define "hello.container" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}
