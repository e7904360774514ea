{{- define "signing.volumes" }}
{{- $tls := .root.Values.temporal.tls }}
- name: documents
  persistentVolumeClaim:
    claimName: {{ include "signing.claim" .root }}
{{- if eq .component "worker" }}
- name: tmp
  emptyDir: {}
{{- end }}
{{- if and $tls.clientCertificateSecret (not (include "signing.isControlled" .)) }}
- name: temporal-client
  secret:
    secretName: {{ $tls.clientCertificateSecret }}
{{- end }}
{{- with $tls.authoritySecret }}
- name: temporal-authority
  secret:
    secretName: {{ . }}
    items:
      - { key: ca.crt, path: ca.crt }
{{- end }}
{{- with .root.Values.certificateAuthorities }}{{ if .configMap }}
- name: certificates
  configMap:
    name: {{ .configMap }}
    items:
      - { key: {{ .key }}, path: ca.crt }
{{- end }}{{ end }}
{{- end }}

{{/* Only gateways write documents. A worker keeps documents of https: sources in /tmp while it inspects them. */}}
{{- define "signing.volumeMounts" }}
{{- $tls := .root.Values.temporal.tls }}
- name: documents
  mountPath: /documents
  {{- if eq .component "worker" }}
  readOnly: true
  {{- end }}
{{- if eq .component "worker" }}
- name: tmp
  mountPath: /tmp
{{- end }}
{{- if and $tls.clientCertificateSecret (not (include "signing.isControlled" .)) }}
- name: temporal-client
  mountPath: /temporal/client
  readOnly: true
{{- end }}
{{- if $tls.authoritySecret }}
- name: temporal-authority
  mountPath: /temporal/authority
  readOnly: true
{{- end }}
{{- if .root.Values.certificateAuthorities.configMap }}
- name: certificates
  mountPath: /certificates
  readOnly: true
{{- end }}
{{- end }}
