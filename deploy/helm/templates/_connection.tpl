{{/* How the Worker Controller and its workers reach Temporal. */}}
{{- define "signing.connection" -}}
apiVersion: temporal.io/v1alpha1
kind: Connection
metadata:
  name: {{ include "signing.name" . }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "signing.labels" . | nindent 4 }}
spec:
  hostPort: {{ .root.Values.temporal.address }}
  {{- with .root.Values.temporal.tls.serverName }}
  tls:
    serverName: {{ . }}
  {{- end }}
  {{- with .root.Values.temporal.tls.clientCertificateSecret }}
  mutualTLSSecretRef:
    name: {{ . }}
  {{- end }}
  {{- with .root.Values.secrets.TEMPORAL_API_KEY }}
  apiKeySecretRef:
    name: {{ .name }}
    key: {{ .key }}
  {{- end }}
{{- end }}
