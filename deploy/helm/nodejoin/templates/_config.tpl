{{/* The service's configuration file. The name of the replica is an option of its command. */}}
{{- define "nodejoin.config" -}}
{{- $clusters := dict -}}
{{- range $name, $values := .Values.clusters -}}
{{- $cluster := omit $values "kubeconfigSecret" "workerKubeconfigSecret" "approverKubeconfigSecret" "requestKeysSecret" "hosts" -}}
{{- $_ := set $cluster "kubeconfigFile" (printf "/etc/nodejoin/clusters/%s/kubeconfig" $name) -}}
{{- if $values.requestKeysSecret -}}
{{- $_ := set $cluster "requestKeysFile" (printf "/etc/nodejoin/clusters/%s/request-keys.jwks" $name) -}}
{{- end -}}
{{- with $values.hosts -}}
{{- $hosts := deepCopy . -}}
{{- if eq (toString .swap) "false" -}}
{{- $_ := set $hosts "swap" "off" -}}
{{- end -}}
{{- $_ := set $cluster "hosts" $hosts -}}
{{- end -}}
{{- $_ := set $clusters $name $cluster -}}
{{- end -}}
{{- $kafka := pick .Values.kafka "bootstrapServers" "requestsTopic" "eventsTopic" "deadLetterTopic" "groupId" -}}
{{- if include "nodejoin.hasKafkaProperties" . -}}
{{- $_ := set $kafka "clientPropertiesFile" "/etc/nodejoin/kafka/client.properties" -}}
{{- end -}}
{{- $temporal := pick .Values.temporal "target" "namespace" -}}
{{- with .Values.temporal -}}
{{- if .tls.enabled -}}
{{- $tls := dict -}}
{{- if .tls.caSecret.name -}}
{{- $_ := set $tls "caFile" "/etc/nodejoin/temporal/ca.crt" -}}
{{- end -}}
{{- if .tls.clientSecret.name -}}
{{- $_ := set $tls "certFile" "/etc/nodejoin/temporal/tls.crt" -}}
{{- $_ := set $tls "keyFile" "/etc/nodejoin/temporal/tls.key" -}}
{{- end -}}
{{- with .tls.serverName -}}
{{- $_ := set $tls "serverName" . -}}
{{- end -}}
{{- $_ := set $temporal "tls" $tls -}}
{{- end -}}
{{- if .apiKeySecret.name -}}
{{- $_ := set $temporal "apiKeyFile" "/etc/nodejoin/temporal/api-key" -}}
{{- end -}}
{{- if .deployment.name -}}
{{- $deployment := dict "name" .deployment.name -}}
{{- with .deployment.buildId -}}
{{- $_ := set $deployment "buildId" . -}}
{{- end -}}
{{- $_ := set $temporal "deployment" $deployment -}}
{{- end -}}
{{- if .payloads.keysSecret.name -}}
{{- $payloads := dict "keysFile" "/etc/nodejoin/temporal/payload-keys.jwks" "unencrypted" .payloads.unencrypted
  "codecServer" .payloads.codecServer -}}
{{- $_ := set $temporal "payloads" $payloads -}}
{{- end -}}
{{- if .insecure -}}
{{- $_ := set $temporal "insecure" true -}}
{{- end -}}
{{- end -}}
{{- $gateway := dict
  "listen" (printf "0.0.0.0:%d" (int .Values.gateway.port))
  "certificateFile" "/etc/nodejoin/gateway/tls.crt"
  "keyFile" "/etc/nodejoin/gateway/tls.key"
  "agentCaCertificateFile" "/etc/nodejoin/agent-ca/tls.crt"
  "agentCaKeyFile" "/etc/nodejoin/agent-ca/tls.key"
  "admission" (eq (toString .Values.gateway.admission) "false" | ternary "off" .Values.gateway.admission) -}}
{{- with .Values.gateway.proxyProtocol -}}
{{- $_ := set $gateway "proxyProtocol" . -}}
{{- end -}}
{{- $dashboard := dict -}}
{{- if .Values.dashboard.usersSecret.name -}}
{{- $_ := set $dashboard "usersFile" "/etc/nodejoin/dashboard/users" -}}
{{- end -}}
{{- with .Values.dashboard.oidc -}}
{{- if .issuer -}}
{{- $oidc := pick . "issuer" "clientId" "externalUrl" "roleClaim" "viewers" "operators" "nameClaim" "sessionLifetime" -}}
{{- with .scopes -}}
{{- $_ := set $oidc "scopes" . -}}
{{- end -}}
{{- with .audiences -}}
{{- $_ := set $oidc "audiences" . -}}
{{- end -}}
{{- if .clientSecret.name -}}
{{- $_ := set $oidc "clientSecretFile" "/etc/nodejoin/dashboard/client-secret" -}}
{{- end -}}
{{- if .sessionKeySecret.name -}}
{{- $_ := set $oidc "sessionKeyFile" "/etc/nodejoin/dashboard/session-key" -}}
{{- end -}}
{{- if .caSecret.name -}}
{{- $_ := set $oidc "caFile" "/etc/nodejoin/dashboard/ca.crt" -}}
{{- end -}}
{{- $_ := set $dashboard "oidc" $oidc -}}
{{- end -}}
{{- end -}}
{{- with .Values.dashboard.temporalUi -}}
{{- $_ := set $dashboard "temporalUi" . -}}
{{- end -}}
{{- with .Values.dashboard.docs -}}
{{- $_ := set $dashboard "docs" . -}}
{{- end -}}
{{- $http := printf "%s-http" (include "nodejoin.fullname" .) -}}
{{- $hosts := list $http (printf "%s.%s" $http .Release.Namespace) (printf "%s.%s.svc" $http .Release.Namespace) -}}
{{- toYaml (dict
  "kafka" $kafka
  "temporal" $temporal
  "clusters" $clusters
  "gateway" $gateway
  "http" (dict "listen" (printf "0.0.0.0:%d" (int .Values.http.port)) "hosts" (concat $hosts .Values.http.hosts))
  "dashboard" $dashboard
  "audit" (dict "file" "/var/lib/nodejoin/audit.jsonl")
  "join" (pick .Values.join "deadline" "tokenTtl" "maxConcurrentStarts")) -}}
{{- end -}}

{{/* Settings of Kafka's clients, which read secrets from the files beside them. Argument: the values kafka of a role. */}}
{{- define "nodejoin.kafkaProperties" -}}
{{- $kafka := . -}}
{{- $sasl := $kafka.sasl -}}
{{- $settings := dict -}}
{{- if or $kafka.tls.enabled $sasl.mechanism -}}
{{- $_ := set $settings "security.protocol" (empty $sasl.mechanism | ternary "SSL"
  ($kafka.tls.enabled | ternary "SASL_SSL" "SASL_PLAINTEXT")) -}}
{{- end -}}
{{- if $kafka.tls.caSecret.name -}}
{{- $_ := set $settings "ssl.truststore.type" "PEM" -}}
{{- $_ := set $settings "ssl.truststore.location" "/etc/nodejoin/kafka/ca.crt" -}}
{{- end -}}
{{- if $kafka.tls.clientSecret.name -}}
{{- $_ := set $settings "ssl.keystore.type" "PEM" -}}
{{- $_ := set $settings "ssl.keystore.certificate.chain" "${files:/etc/nodejoin/kafka:tls.crt}" -}}
{{- $_ := set $settings "ssl.keystore.key" "${files:/etc/nodejoin/kafka:tls.key}" -}}
{{- end -}}
{{- if $sasl.mechanism -}}
{{- $_ := set $settings "sasl.mechanism" $sasl.mechanism -}}
{{- $username := default "${files:/etc/nodejoin/kafka:username}" $sasl.username -}}
{{- $password := "${files:/etc/nodejoin/kafka:password}" -}}
{{- if eq $sasl.mechanism "OAUTHBEARER" -}}
{{- $_ := set $settings "sasl.oauthbearer.token.endpoint.url" $sasl.tokenUrl -}}
{{- $_ := set $settings "sasl.login.callback.handler.class"
  "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler" -}}
{{- $_ := set $settings "sasl.jaas.config"
  "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;" -}}
{{- $_ := set $settings "sasl.oauthbearer.client.credentials.client.id" $username -}}
{{- $_ := set $settings "sasl.oauthbearer.client.credentials.client.secret" $password -}}
{{- with $sasl.scope -}}
{{- $_ := set $settings "sasl.oauthbearer.scope" . -}}
{{- end -}}
{{- else -}}
{{- $module := eq $sasl.mechanism "PLAIN" | ternary "plain.PlainLoginModule" "scram.ScramLoginModule" -}}
{{- $_ := set $settings "sasl.jaas.config" (printf
  "org.apache.kafka.common.security.%s required username=\"%s\" password=\"%s\";" $module $username $password) -}}
{{- end -}}
{{- end -}}
{{- if or $kafka.tls.clientSecret.name $sasl.mechanism -}}
{{- $_ := set $settings "config.providers" "files" -}}
{{- $_ := set $settings "config.providers.files.class"
  "org.apache.kafka.common.config.provider.DirectoryConfigProvider" -}}
{{- $_ := set $settings "config.providers.files.param.allowed.paths" "/etc/nodejoin/kafka" -}}
{{- end -}}
{{- range $key, $value := merge $settings $kafka.clientProperties -}}
{{ $key }}={{ $value | replace "\\" "\\\\" }}
{{ end -}}
{{- end -}}

{{/* A digest of all settings that the pods of a kind read at their start. */}}
{{- define "nodejoin.configDigest" -}}
{{- $settings := include "nodejoin.config" . -}}
{{- range include "nodejoin.kafkas" . | fromJsonArray -}}
{{- if eq .role $.component.suffix -}}
{{- $settings = printf "%s%s" $settings (include "nodejoin.kafkaProperties" .kafka) -}}
{{- end -}}
{{- end -}}
{{- $settings | sha256sum -}}
{{- end -}}
