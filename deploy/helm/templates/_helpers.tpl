{{/* All helpers take a dictionary with the root context `root` and the `component`, worker or gateway. */}}

{{- define "signing.name" -}}
{{ .root.Release.Name }}-{{ .component }}
{{- end }}

{{- define "signing.selectorLabels" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "signing.labels" -}}
{{ include "signing.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{- define "signing.image" -}}
{{- with .Values.image -}}
{{- $tag := .tag | default (ternary "" $.Chart.AppVersion (ne .digest "")) -}}
{{ .repository }}{{ with $tag }}:{{ . }}{{ end }}{{ with .digest }}@{{ . }}{{ end }}
{{- end -}}
{{- end }}

{{- define "signing.claim" -}}
{{ .Values.documents.existingClaim | default (printf "%s-documents" .Release.Name) }}
{{- end }}

{{- define "signing.taskQueue" -}}
{{ .Values.settings.SIGNING_TASK_QUEUE | default "signing" }}
{{- end }}

{{/* Whether the worker is run by Temporal's Worker Controller, which then sets the variables of the connection. */}}
{{- define "signing.isControlled" -}}
{{- if and (eq .component "worker") .root.Values.worker.controller.enabled }}true{{ end -}}
{{- end }}
