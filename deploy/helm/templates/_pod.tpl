{{/* The pod template of a program: its hardening, its volumes and its container. */}}
{{- define "signing.podTemplate" -}}
metadata:
  labels:
    {{- include "signing.selectorLabels" . | nindent 4 }}
    {{- with .root.Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .root.Values.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  automountServiceAccountToken: false
  # Else each Service of the namespace sets variables; the programs refuse unknown names such as SIGNING_GATEWAY_PORT.
  enableServiceLinks: false
  # The user of the image. Its group owns the documents where the volume supports that.
  securityContext:
    runAsNonRoot: true
    runAsUser: 1000
    runAsGroup: 1000
    fsGroup: 1000
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile:
      type: RuntimeDefault
  {{- with .root.Values.image.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  terminationGracePeriodSeconds: {{ .gracePeriodSeconds }}
  topologySpreadConstraints:
    {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
    - maxSkew: 1
      topologyKey: {{ . }}
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "signing.selectorLabels" $ | nindent 10 }}
    {{- end }}
  {{- with .root.Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .root.Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: {{ .component }}
      image: {{ include "signing.image" .root }}
      imagePullPolicy: {{ .root.Values.image.pullPolicy }}
      command: [node, dist/src/{{ .component }}.js]
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities:
          drop: [ALL]
      env:
        {{- include "signing.env" . | trim | nindent 8 }}
      ports:
        {{- range $name, $port := .ports }}
        - name: {{ $name }}
          containerPort: {{ $port }}
        {{- end }}
      {{- include "signing.probes" . | nindent 6 }}
      {{- with .lifecycle }}
      lifecycle:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      resources:
        {{- toYaml (get .root.Values .component).resources | nindent 8 }}
      volumeMounts:
        {{- include "signing.volumeMounts" . | trim | nindent 8 }}
  volumes:
    {{- include "signing.volumes" . | trim | nindent 4 }}
{{- end }}

{{/* Restarts a program that does not answer, and never because Temporal is down. It has a minute to start. */}}
{{- define "signing.probes" -}}
startupProbe:
  httpGet: { path: /healthz, port: {{ .probePort }} }
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 12
livenessProbe:
  httpGet: { path: /healthz, port: {{ .probePort }} }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 3
readinessProbe:
  httpGet: { path: /readyz, port: {{ .probePort }} }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 3
{{- end }}
