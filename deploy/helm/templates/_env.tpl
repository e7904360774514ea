{{/* The variables of a container. */}}
{{- define "signing.env" -}}
- name: SIGNING_DOCUMENT_ROOT
  value: /documents
- name: SIGNING_METRICS_ADDRESS
  value: 0.0.0.0:9464
{{- if eq .component "worker" }}
- name: SIGNING_HEALTH_ADDRESS
  value: 0.0.0.0:9465
{{- with .root.Values.worker.buildId }}
- name: SIGNING_BUILD_ID
  value: {{ . | quote }}
{{- end }}
{{- else }}
- name: SIGNING_GATEWAY_ADDRESS
  value: 0.0.0.0:8080
{{- end }}
{{- range $name, $value := .root.Values.settings }}
- name: {{ $name }}
  value: {{ $value | toString | quote }}
{{- end }}
{{- include "signing.temporalEnv" . }}
{{- include "signing.secretEnv" . }}
{{- with (get .root.Values .component).nodeOptions }}
- name: NODE_OPTIONS
  value: {{ . | quote }}
{{- end }}
{{- if .root.Values.certificateAuthorities.configMap }}
- name: NODE_EXTRA_CA_CERTS
  value: /certificates/ca.crt
{{- end }}
{{- end }}

{{/* The Worker Controller sets those of the connection itself, and a variable must not be there twice. */}}
{{- define "signing.temporalEnv" -}}
{{- $controlled := include "signing.isControlled" . -}}
{{- with .root.Values.temporal }}
{{- if not $controlled }}
- name: TEMPORAL_ADDRESS
  value: {{ .address }}
- name: TEMPORAL_NAMESPACE
  value: {{ .namespace | quote }}
{{- with .tls.serverName }}
- name: TEMPORAL_TLS_SERVER_NAME
  value: {{ . }}
{{- end }}
{{- if .tls.clientCertificateSecret }}
- name: TEMPORAL_TLS_CLIENT_CERT_PATH
  value: /temporal/client/tls.crt
- name: TEMPORAL_TLS_CLIENT_KEY_PATH
  value: /temporal/client/tls.key
{{- end }}
{{- end }}
{{- if or (and .tls.enabled (not .tls.clientCertificateSecret)) (and .tls.clientCertificateSecret (not $controlled)) }}
- name: TEMPORAL_TLS
  value: 'true'
{{- end }}
{{- if .tls.authoritySecret }}
- name: TEMPORAL_TLS_SERVER_CA_CERT_PATH
  value: /temporal/authority/ca.crt
{{- end }}
{{- end }}
{{- end }}

{{/* A program gets only the secrets that it reads. */}}
{{- define "signing.secretEnv" -}}
{{- $others := ternary (list "SIGNING_GATEWAY_KEYS" "SIGNING_CODEC_KEYS") (list "FLEXPERTO_API_KEY" "SIGNING_CALLBACK_SECRET") (eq .component "worker") -}}
{{- if include "signing.isControlled" . }}{{ $others = append $others "TEMPORAL_API_KEY" }}{{ end -}}
{{- range $name, $secret := .root.Values.secrets }}
{{- if not (has $name $others) }}
- name: {{ $name }}
  valueFrom:
    secretKeyRef:
      name: {{ $secret.name }}
      key: {{ $secret.key }}
{{- end }}
{{- end }}
{{- end }}
