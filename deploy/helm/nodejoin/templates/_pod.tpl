{{- define "nodejoin.pod" -}}
serviceAccountName: {{ include "nodejoin.serviceAccountName" . }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
{{- if .Values.hostNetwork }}
hostNetwork: true
dnsPolicy: ClusterFirstWithHostNet
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.spread }}
topologySpreadConstraints:
  {{- range . }}
  - topologyKey: {{ . }}
    maxSkew: 1
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "nodejoin.componentSelector" $ | nindent 8 }}
  {{- end }}
{{- end }}
containers:
  - name: nodejoin
    image: {{ include "nodejoin.image" . }}
    imagePullPolicy: {{ .Values.image.pullPolicy }}
    args: [serve, --gateway-instance=$(POD_NAME){{ with .component.suffix }}, --roles={{ . }}{{ end }}]
    env:
      - name: POD_NAME
        valueFrom:
          fieldRef:
            fieldPath: metadata.name
      # Other commands find it too: kubectl exec ... -- nodejoin list
      - {name: NODEJOIN_CONFIG, value: /etc/nodejoin/config/nodejoin.yaml}
      - {name: NODEJOIN_LOG_LEVEL, value: {{ .Values.logLevel }}}
      - {name: NODEJOIN_LOG_FORMAT, value: {{ .Values.logFormat }}}
      {{- with include "nodejoin.javaOptions" . }}
      - {name: NODEJOIN_JAVA_OPTS, value: {{ . | quote }}}
      {{- end }}
      {{- with .Values.env }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    ports:
      {{- if has "gateway" .component.roles }}
      - {name: gateway, containerPort: {{ .Values.gateway.port }}}
      {{- end }}
      - {name: http, containerPort: {{ .Values.http.port }}}
    startupProbe:
      httpGet: {path: /livez, port: http}
      periodSeconds: 1
      failureThreshold: 120
    readinessProbe:
      httpGet: {path: /readyz, port: http}
      periodSeconds: 5
      timeoutSeconds: 5
    livenessProbe:
      httpGet: {path: /livez, port: http}
      periodSeconds: 20
      timeoutSeconds: 5
      failureThreshold: 3
    {{- with .Values.resources }}
    resources:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities:
        drop: [ALL]
    volumeMounts:
      - {name: config, mountPath: /etc/nodejoin/config, readOnly: true}
      {{- if include "nodejoin.clusterSources" . }}
      - {name: clusters, mountPath: /etc/nodejoin/clusters, readOnly: true}
      {{- end }}
      {{- if has "gateway" .component.roles }}
      - {name: gateway, mountPath: /etc/nodejoin/gateway, readOnly: true}
      - {name: agent-ca, mountPath: /etc/nodejoin/agent-ca, readOnly: true}
      {{- end }}
      {{- if include "nodejoin.mountsKafka" . }}
      - {name: kafka, mountPath: /etc/nodejoin/kafka, readOnly: true}
      {{- end }}
      {{- if include "nodejoin.hasTemporalSecrets" . }}
      - {name: temporal, mountPath: /etc/nodejoin/temporal, readOnly: true}
      {{- end }}
      {{- if and (include "nodejoin.dashboardSources" .) (has "intake" .component.roles) }}
      - {name: dashboard, mountPath: /etc/nodejoin/dashboard, readOnly: true}
      {{- end }}
      - {name: audit, mountPath: /var/lib/nodejoin}
      - {name: tmp, mountPath: /tmp}
volumes:
  - name: config
    configMap:
      name: {{ include "nodejoin.fullname" . }}
      items: [{key: nodejoin.yaml, path: nodejoin.yaml}]
  # No subPath anywhere: the service sees a Secret that changes.
  {{- with include "nodejoin.clusterSources" . }}
  - name: clusters
    projected:
      defaultMode: 0440
      sources:
        {{- . | trim | nindent 8 }}
  {{- end }}
  {{- if has "gateway" .component.roles }}
  - name: gateway
    secret: {secretName: {{ include "nodejoin.gatewaySecret" . }}, defaultMode: 0440}
  - name: agent-ca
    secret: {secretName: {{ include "nodejoin.agentCaSecret" . }}, defaultMode: 0440}
  {{- end }}
  {{- if include "nodejoin.mountsKafka" . }}
  - name: kafka
    projected:
      defaultMode: 0440
      sources:
        {{- include "nodejoin.kafkaSources" . | nindent 8 }}
  {{- end }}
  {{- if include "nodejoin.hasTemporalSecrets" . }}
  - name: temporal
    projected:
      defaultMode: 0440
      sources:
        {{- include "nodejoin.temporalSources" . | nindent 8 }}
  {{- end }}
  {{- if has "intake" .component.roles }}
  {{- with include "nodejoin.dashboardSources" . }}
  - name: dashboard
    projected:
      defaultMode: 0440
      sources:
        {{- . | nindent 8 }}
  {{- end }}
  {{- end }}
  {{- if not .Values.audit.persistence.enabled }}
  - name: audit
    emptyDir: {}
  {{- end }}
  - name: tmp
    emptyDir: {sizeLimit: 256Mi}
{{- end -}}

{{/* The Secrets of the clusters that the roles of these pods need: a kubeconfig of their account, and the keys of requests. */}}
{{- define "nodejoin.clusterSources" -}}
{{- $component := .component -}}
{{- $account := empty $component.suffix | ternary "kubeconfigSecret" (printf "%sKubeconfigSecret" $component.suffix) -}}
{{- range $name, $cluster := .Values.clusters }}
{{- with get $cluster $account }}
- secret:
    name: {{ .name }}
    items: [{key: {{ default "kubeconfig" .key }}, path: {{ $name }}/kubeconfig}]
{{- end }}
{{- with $cluster.requestKeysSecret }}
{{- if has "intake" $component.roles }}
- secret:
    name: {{ .name }}
    items: [{key: {{ default "request-keys.jwks" .key }}, path: {{ $name }}/request-keys.jwks}]
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* "true" if these pods connect to Kafka by settings of their own. */}}
{{- define "nodejoin.mountsKafka" -}}
{{- if and (include "nodejoin.hasKafkaProperties" .) (or (has "intake" .component.roles) (has "worker" .component.roles)) -}}true{{- end -}}
{{- end -}}

{{/* The Secrets of a connection by TLS. Argument: its values caSecret and clientSecret. */}}
{{- define "nodejoin.tlsSources" -}}
{{- with .caSecret }}
{{- if .name }}
- secret:
    name: {{ .name }}
    items: [{key: {{ default "ca.crt" .key }}, path: ca.crt}]
{{- end }}
{{- end }}
{{- with .clientSecret }}
{{- if .name }}
- secret:
    name: {{ .name }}
    items:
      - {key: {{ default "tls.crt" .certificateKey }}, path: tls.crt}
      - {key: {{ default "tls.key" .keyKey }}, path: tls.key}
{{- end }}
{{- end }}
{{- end -}}

{{- define "nodejoin.temporalSources" -}}
{{- with .Values.temporal -}}
{{- include "nodejoin.tlsSources" .tls }}
{{- with .apiKeySecret }}
{{- if .name }}
- secret:
    name: {{ .name }}
    items: [{key: {{ default "api-key" .key }}, path: api-key}]
{{- end }}
{{- end }}
{{- with .payloads.keysSecret }}
{{- if .name }}
- secret:
    name: {{ .name }}
    items: [{key: {{ default "payload-keys.jwks" .key }}, path: payload-keys.jwks}]
{{- end }}
{{- end }}
{{- end -}}
{{- end -}}

{{- define "nodejoin.kafkaSources" -}}
{{- range include "nodejoin.kafkas" . | fromJsonArray -}}
{{- $role := .role -}}
{{- if eq $role $.component.suffix -}}
{{- with .kafka -}}
{{- if .clientPropertiesSecret.name -}}
- secret:
    name: {{ .clientPropertiesSecret.name }}
    items: [{key: {{ default "client.properties" .clientPropertiesSecret.key }}, path: client.properties}]
{{- else -}}
- configMap:
    name: {{ include "nodejoin.fullname" $ }}
    items: [{key: {{ include "nodejoin.kafkaPropertiesKey" $role }}, path: client.properties}]
{{- include "nodejoin.tlsSources" .tls }}
{{- if .sasl.secret.name }}
- secret:
    name: {{ .sasl.secret.name }}
    items:
      {{- if not .sasl.username }}
      - {key: {{ default "username" .sasl.secret.usernameKey }}, path: username}
      {{- end }}
      - {key: {{ default "password" .sasl.secret.passwordKey }}, path: password}
{{- end }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
