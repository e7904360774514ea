{{/* Refuses, each in one sentence, what the schema cannot say well. */}}
{{- define "signing.validate" -}}
{{- if not .Values.image.repository -}}
  {{- fail "image.repository is missing: the name of the image, such as registry.bank.example/signing-worker." -}}
{{- end -}}
{{- if not .Values.temporal.address -}}
  {{- fail "temporal.address is missing: host and port of the Temporal server, such as temporal-frontend.temporal:7233." -}}
{{- end -}}
{{- if not (or .Values.worker.enabled .Values.gateway.enabled) -}}
  {{- fail "Nothing would run: enable the worker, the gateway or both." -}}
{{- end -}}
{{- if not (or .Values.secrets.SIGNING_PAYLOAD_KEYS (eq (toString .Values.settings.SIGNING_ALLOW_PLAINTEXT) "true")) -}}
  {{- fail "secrets.SIGNING_PAYLOAD_KEYS is missing: Temporal would store personal data in plain text; set settings.SIGNING_ALLOW_PLAINTEXT to true if that is intended." -}}
{{- end -}}
{{- range $name, $_ := .Values.secrets -}}
  {{- if hasKey $.Values.settings $name -}}
    {{- printf "%s is in settings and in secrets: keep one of them." $name | fail -}}
  {{- end -}}
{{- end -}}
{{- if .Values.worker.enabled -}}{{- include "signing.validateWorker" . -}}{{- end -}}
{{- if .Values.gateway.enabled -}}{{- include "signing.validateGateway" . -}}{{- end -}}
{{- end }}

{{- define "signing.validateWorker" -}}
{{- $tls := .Values.temporal.tls -}}
{{- if not .Values.settings.FLEXPERTO_BASE_URL -}}
  {{- fail "settings.FLEXPERTO_BASE_URL is missing: the address of the tenant, such as https://bank.live.flexperto.com." -}}
{{- end -}}
{{- if not .Values.secrets.FLEXPERTO_API_KEY -}}
  {{- fail "secrets.FLEXPERTO_API_KEY is missing: name and key of the Secret that has the API key of the tenant." -}}
{{- end -}}
{{- with .Values.worker.controller -}}{{- if .enabled -}}
  {{- if $.Values.worker.buildId -}}
    {{- fail "worker.buildId must be empty with worker.controller: the Worker Controller names the build." -}}
  {{- end -}}
  {{- if $.Values.worker.keda.enabled -}}
    {{- fail "worker.keda and worker.controller exclude each other: KEDA cannot scale the Deployments of several builds." -}}
  {{- end -}}
  {{- if and $.Values.secrets.TEMPORAL_API_KEY $tls.clientCertificateSecret -}}
    {{- fail "The Worker Controller takes an API key or a client certificate: set secrets.TEMPORAL_API_KEY or temporal.tls.clientCertificateSecret." -}}
  {{- end -}}
{{- end -}}{{- end -}}
{{- with .Values.worker.keda -}}{{- if .enabled -}}
  {{- if gt (int .minReplicas) (int .maxReplicas) -}}
    {{- fail "worker.keda.minReplicas must not be above worker.keda.maxReplicas." -}}
  {{- end -}}
  {{- if and $tls.enabled (not (or $tls.clientCertificateSecret $.Values.secrets.TEMPORAL_API_KEY)) -}}
    {{- fail "KEDA uses TLS only with an API key or a client certificate: set secrets.TEMPORAL_API_KEY or temporal.tls.clientCertificateSecret." -}}
  {{- end -}}
{{- end -}}{{- end -}}
{{- end }}

{{- define "signing.validateGateway" -}}
{{- if not (or .Values.secrets.SIGNING_GATEWAY_KEYS .Values.settings.SIGNING_GATEWAY_JWKS_URL) -}}
  {{- fail "Nobody could call the gateway: set secrets.SIGNING_GATEWAY_KEYS, or settings.SIGNING_GATEWAY_JWKS_URL and what belongs to it." -}}
{{- end -}}
{{- with .Values.gateway.autoscaling -}}
  {{- if and .enabled (gt (int .minReplicas) (int .maxReplicas)) -}}
    {{- fail "gateway.autoscaling.minReplicas must not be above gateway.autoscaling.maxReplicas." -}}
  {{- end -}}
{{- end -}}
{{- if and .Values.gateway.ingress.enabled (not .Values.gateway.ingress.host) -}}
  {{- fail "gateway.ingress.host is missing: the name by which CRMs call the gateway." -}}
{{- end -}}
{{- end }}
