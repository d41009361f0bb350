{{/* Name of the release's objects: short enough for the revision label of a StatefulSet. */}}
{{- define "nodejoin.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 48 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 48 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "nodejoin.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* JSON: the kinds of pods, as a list of {suffix, roles}; one kind without a suffix has all roles. */}}
{{- define "nodejoin.components" -}}
{{- $roles := list "intake" "worker" "gateway" "approver" -}}
{{- $all := list -}}
{{- if .Values.roles.separate -}}
{{- range $roles -}}
{{- $all = append $all (dict "suffix" . "roles" (list .)) -}}
{{- end -}}
{{- else -}}
{{- $all = append $all (dict "suffix" "" "roles" $roles) -}}
{{- end -}}
{{- toJson $all -}}
{{- end -}}

{{/* Name of the objects of one kind of pods: the root's scope, and component. */}}
{{- define "nodejoin.componentName" -}}
{{- include "nodejoin.fullname" . }}{{ with .component.suffix }}-{{ . }}{{ end -}}
{{- end -}}

{{- define "nodejoin.componentSelector" -}}
{{ include "nodejoin.selector" . }}
{{- with .component.suffix }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end -}}

{{- define "nodejoin.labels" -}}
{{ include "nodejoin.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.labels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Metadata of an object. Arguments: root, and optionally name or suffix of the name, labels, annotations. */}}
{{- define "nodejoin.metadata" -}}
name: {{ default (include "nodejoin.fullname" .root) .name }}{{ with .suffix }}-{{ . }}{{ end }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "nodejoin.labels" .root | nindent 2 }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with merge (dict) (default (dict) .annotations) .root.Values.annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "nodejoin.serviceAccountName" -}}
{{- default (include "nodejoin.fullname" .) .Values.serviceAccount.name -}}
{{- end -}}

{{- define "nodejoin.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}
{{- end -}}

{{- define "nodejoin.gatewaySecret" -}}
{{- default (printf "%s-gateway" (include "nodejoin.fullname" .)) .Values.gateway.certificate.secretName -}}
{{- end -}}

{{- define "nodejoin.agentCaSecret" -}}
{{- default (printf "%s-agent-ca" (include "nodejoin.fullname" .)) .Values.gateway.agentCa.secretName -}}
{{- end -}}

{{/* JSON: which keys of which Secret are needed, as a list of {name, keys, for, create}. Those that cert-manager fills are not in it. */}}
{{- define "nodejoin.secrets" -}}
{{- $all := list -}}
{{- range $name, $cluster := .Values.clusters -}}
{{- range $value, $option := dict "kubeconfigSecret" "credential" "workerKubeconfigSecret" "worker-credential" "approverKubeconfigSecret" "approver-credential" -}}
{{- with get $cluster $value -}}
{{- $key := default "kubeconfig" .key -}}
{{- $all = append $all (dict "name" .name "keys" (list $key) "for" (printf "clusters.%s.%s" $name $value)
  "create" (printf "generic %s --from-file=%s=FILE, where FILE is what \"nodejoin cluster prepare --%s FILE\" wrote" .name $key $option)) -}}
{{- end -}}
{{- end -}}
{{- with $cluster.requestKeysSecret -}}
{{- $key := default "request-keys.jwks" .key -}}
{{- $all = append $all (dict "name" .name "keys" (list $key) "for" (printf "clusters.%s.requestKeysSecret" $name)
  "create" (printf "generic %s --from-file=%s=FILE, where FILE is a JWK set of public keys" .name $key)) -}}
{{- end -}}
{{- end -}}
{{- range include "nodejoin.kafkas" . | fromJsonArray -}}
{{- $at := .at -}}
{{- with .kafka -}}
{{- if .tls.caSecret.name -}}
{{- $key := default "ca.crt" .tls.caSecret.key -}}
{{- $all = append $all (dict "name" .tls.caSecret.name "keys" (list $key) "for" "kafka.tls.caSecret"
  "create" (printf "generic %s --from-file=%s=FILE" .tls.caSecret.name $key)) -}}
{{- end -}}
{{- if .tls.clientSecret.name -}}
{{- $certificate := default "tls.crt" .tls.clientSecret.certificateKey -}}
{{- $key := default "tls.key" .tls.clientSecret.keyKey -}}
{{- $all = append $all (dict "name" .tls.clientSecret.name "keys" (list $certificate $key) "for" (printf "%s.tls.clientSecret" $at.clientSecret)
  "create" (printf "generic %s --from-file=%s=FILE --from-file=%s=FILE" .tls.clientSecret.name $certificate $key)) -}}
{{- end -}}
{{- if .sasl.secret.name -}}
{{- $user := default "username" .sasl.secret.usernameKey -}}
{{- $password := default "password" .sasl.secret.passwordKey -}}
{{- $keys := empty .sasl.username | ternary (list $user $password) (list $password) -}}
{{- $literals := empty .sasl.username | ternary (printf "--from-literal=%s=USER " $user) "" -}}
{{- $all = append $all (dict "name" .sasl.secret.name "keys" $keys "for" (printf "%s.sasl.secret" $at.sasl)
  "create" (printf "generic %s %s--from-literal=%s=PASSWORD" .sasl.secret.name $literals $password)) -}}
{{- end -}}
{{- if .clientPropertiesSecret.name -}}
{{- $key := default "client.properties" .clientPropertiesSecret.key -}}
{{- $all = append $all (dict "name" .clientPropertiesSecret.name "keys" (list $key) "for" (printf "%s.clientPropertiesSecret" $at.clientPropertiesSecret)
  "create" (printf "generic %s --from-file=%s=FILE" .clientPropertiesSecret.name $key)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- with .Values.temporal -}}
{{- if .tls.caSecret.name -}}
{{- $key := default "ca.crt" .tls.caSecret.key -}}
{{- $all = append $all (dict "name" .tls.caSecret.name "keys" (list $key) "for" "temporal.tls.caSecret"
  "create" (printf "generic %s --from-file=%s=FILE" .tls.caSecret.name $key)) -}}
{{- end -}}
{{- if .tls.clientSecret.name -}}
{{- $certificate := default "tls.crt" .tls.clientSecret.certificateKey -}}
{{- $key := default "tls.key" .tls.clientSecret.keyKey -}}
{{- $all = append $all (dict "name" .tls.clientSecret.name "keys" (list $certificate $key) "for" "temporal.tls.clientSecret"
  "create" (printf "generic %s --from-file=%s=FILE --from-file=%s=FILE" .tls.clientSecret.name $certificate $key)) -}}
{{- end -}}
{{- if .apiKeySecret.name -}}
{{- $key := default "api-key" .apiKeySecret.key -}}
{{- $all = append $all (dict "name" .apiKeySecret.name "keys" (list $key) "for" "temporal.apiKeySecret"
  "create" (printf "generic %s --from-file=%s=FILE" .apiKeySecret.name $key)) -}}
{{- end -}}
{{- if .payloads.keysSecret.name -}}
{{- $key := default "payload-keys.jwks" .payloads.keysSecret.key -}}
{{- $all = append $all (dict "name" .payloads.keysSecret.name "keys" (list $key) "for" "temporal.payloads.keysSecret"
  "create" (printf "generic %s --from-file=%s=FILE" .payloads.keysSecret.name $key)) -}}
{{- end -}}
{{- end -}}
{{- with .Values.gateway.certificate.secretName -}}
{{- $all = append $all (dict "name" . "keys" (list "tls.crt" "tls.key") "for" "gateway.certificate.secretName"
  "create" (printf "tls %s --cert=FILE --key=FILE" .)) -}}
{{- end -}}
{{- with .Values.gateway.agentCa.secretName -}}
{{- $all = append $all (dict "name" . "keys" (list "tls.crt" "tls.key") "for" "gateway.agentCa.secretName"
  "create" (printf "tls %s --cert=FILE --key=FILE, with a CA of agents" .)) -}}
{{- end -}}
{{- with .Values.dashboard.usersSecret -}}
{{- if .name -}}
{{- $key := default "users" .key -}}
{{- $all = append $all (dict "name" .name "keys" (list $key) "for" "dashboard.usersSecret"
  "create" (printf "generic %s --from-file=%s=FILE" .name $key)) -}}
{{- end -}}
{{- end -}}
{{- range $name, $default := dict "clientSecret" "client-secret" "sessionKeySecret" "session-key" "caSecret" "ca.crt" -}}
{{- with get $.Values.dashboard.oidc $name -}}
{{- if .name -}}
{{- $key := default $default .key -}}
{{- $all = append $all (dict "name" .name "keys" (list $key) "for" (printf "dashboard.oidc.%s" $name)
  "create" (printf "generic %s --from-file=%s=FILE" .name $key)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson (uniq $all) -}}
{{- end -}}

{{/* "true" if the connection to Temporal needs a Secret. */}}
{{- define "nodejoin.hasTemporalSecrets" -}}
{{- with .Values.temporal -}}
{{- if or .tls.caSecret.name .tls.clientSecret.name .apiKeySecret.name .payloads.keysSecret.name -}}true{{- end -}}
{{- end -}}
{{- end -}}

{{/* Sources of the dashboard's files; empty if there are none. */}}
{{- define "nodejoin.dashboardSources" -}}
{{- with .Values.dashboard.usersSecret -}}
{{- if .name }}
- secret: {name: {{ .name }}, items: [{key: {{ default "users" .key }}, path: users}]}
{{- end -}}
{{- end -}}
{{- range $name, $file := dict "clientSecret" "client-secret" "sessionKeySecret" "session-key" "caSecret" "ca.crt" -}}
{{- with get $.Values.dashboard.oidc $name -}}
{{- if .name }}
- secret: {name: {{ .name }}, items: [{key: {{ default $file .key }}, path: {{ $file }}}]}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* "true" if Kafka clients have settings of their own. */}}
{{- define "nodejoin.hasKafkaProperties" -}}
{{- $has := false -}}
{{- range include "nodejoin.kafkas" . | fromJsonArray -}}
{{- with .kafka -}}
{{- if or .tls.enabled .sasl.mechanism .clientProperties .clientPropertiesSecret.name -}}
{{- $has = true -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if $has -}}true{{- end -}}
{{- end -}}

{{/* JSON: how Kafka is reached, as a list of {role, at, kafka}: the values kafka, with the user that a separate role has of its own. */}}
{{- define "nodejoin.kafkas" -}}
{{- $all := list -}}
{{- if .Values.roles.separate -}}
{{- range $role := list "intake" "worker" -}}
{{- $kafka := deepCopy $.Values.kafka -}}
{{- $at := dict "sasl" "kafka" "clientSecret" "kafka" "clientPropertiesSecret" "kafka" -}}
{{- $own := get $.Values.roles.kafka $role | default dict -}}
{{- $place := printf "roles.kafka.%s" $role -}}
{{- with $own.sasl -}}
{{- $_ := set $kafka.sasl "secret" (default dict .secret) -}}
{{- $_ := set $kafka.sasl "username" (default "" .username) -}}
{{- $_ := set $at "sasl" $place -}}
{{- end -}}
{{- with dig "tls" "clientSecret" dict $own -}}
{{- $_ := set $kafka.tls "clientSecret" . -}}
{{- $_ := set $at "clientSecret" $place -}}
{{- end -}}
{{- with $own.clientPropertiesSecret -}}
{{- $_ := set $kafka "clientPropertiesSecret" . -}}
{{- $_ := set $at "clientPropertiesSecret" $place -}}
{{- end -}}
{{- $all = append $all (dict "role" $role "at" $at "kafka" $kafka) -}}
{{- end -}}
{{- else -}}
{{- $all = append $all (dict "role" "" "at" (dict "sasl" "kafka" "clientSecret" "kafka" "clientPropertiesSecret" "kafka") "kafka" .Values.kafka) -}}
{{- end -}}
{{- toJson $all -}}
{{- end -}}

{{/* The key of the ConfigMap with the settings of Kafka's clients. Argument: the role, empty for one user of all. */}}
{{- define "nodejoin.kafkaPropertiesKey" -}}
{{ with . }}{{ . }}-{{ end }}client.properties
{{- end -}}

{{/* Options of the JVM. Kafka's clients ask no token endpoint that is not allowed here. */}}
{{- define "nodejoin.javaOptions" -}}
{{- $options := .Values.javaOptions -}}
{{- if eq .Values.kafka.sasl.mechanism "OAUTHBEARER" -}}
{{- $options = append $options (printf "-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=%s" .Values.kafka.sasl.tokenUrl) -}}
{{- end -}}
{{- join " " $options -}}
{{- end -}}
