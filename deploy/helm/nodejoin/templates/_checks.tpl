{{/* Refuses values that the schema accepts and the service would not; all of them at once, each with what to do. */}}
{{- define "nodejoin.checks" -}}
{{- $problems := list -}}
{{- $v := .Values -}}
{{- if not $v.clusters -}}
{{- $problems = append $problems "clusters is empty: name at least one cluster, with kubeconfigSecret.name" -}}
{{- end -}}
{{- range $name, $cluster := $v.clusters -}}
{{- if and (not $v.roles.separate) (not (dig "kubeconfigSecret" "name" "" $cluster)) -}}
{{- $problems = append $problems (printf "clusters.%s.kubeconfigSecret.name is missing: name the Secret with the kubeconfig that \"nodejoin cluster prepare --credential\" wrote" $name) -}}
{{- end -}}
{{- if and (not $v.roles.separate) (or $cluster.workerKubeconfigSecret $cluster.approverKubeconfigSecret) -}}
{{- $problems = append $problems (printf "clusters.%s has kubeconfigs of separate roles, and roles.separate is false: set it to true, or use kubeconfigSecret" $name) -}}
{{- end -}}
{{- if and $v.roles.separate $cluster.kubeconfigSecret -}}
{{- $problems = append $problems (printf "clusters.%s.kubeconfigSecret is for one account with all rights, and roles.separate is true: use workerKubeconfigSecret and approverKubeconfigSecret" $name) -}}
{{- end -}}
{{- range $role := list "worker" "approver" -}}
{{- if and $v.roles.separate (not (dig (printf "%sKubeconfigSecret" $role) "name" "" $cluster)) -}}
{{- $problems = append $problems (printf "clusters.%s.%sKubeconfigSecret.name is missing: name the Secret with the kubeconfig that \"nodejoin cluster prepare --%s-credential\" wrote" $name $role $role) -}}
{{- end -}}
{{- end -}}
{{- $unsigned := eq (default "refuse" $cluster.unsignedRequests) "allow" -}}
{{- if and (not $cluster.requestKeysSecret) (not $unsigned) -}}
{{- $problems = append $problems (printf "clusters.%s.requestKeysSecret is missing: name the Secret with the keys that sign the cluster's requests, or set unsignedRequests: allow" $name) -}}
{{- end -}}
{{- if and $cluster.requestKeysSecret $unsigned -}}
{{- $problems = append $problems (printf "clusters.%s.unsignedRequests: allow contradicts requestKeysSecret; remove one of them" $name) -}}
{{- end -}}
{{- if and $cluster.certificateLifetime (eq (default "agent" $cluster.tlsBootstrap) "kubelet") -}}
{{- $problems = append $problems (printf "clusters.%s.certificateLifetime needs tlsBootstrap: agent, since a kubelet requests no lifetime; remove one of the two" $name) -}}
{{- end -}}
{{- end -}}
{{- if not $v.kafka.bootstrapServers -}}
{{- $problems = append $problems "kafka.bootstrapServers is empty: set host:port of a broker" -}}
{{- end -}}
{{- if ne 3 (list $v.kafka.requestsTopic $v.kafka.eventsTopic $v.kafka.deadLetterTopic | uniq | len) -}}
{{- $problems = append $problems "kafka.requestsTopic, kafka.eventsTopic and kafka.deadLetterTopic must be three topics" -}}
{{- end -}}
{{- $problems = concat $problems (include "nodejoin.kafkaProblems" . | fromJsonArray) -}}
{{- if not $v.temporal.target -}}
{{- $problems = append $problems "temporal.target is empty: set host:port of Temporal's frontend" -}}
{{- end -}}
{{- with $v.temporal -}}
{{- if and .target (not (or .insecure .payloads.keysSecret.name .apiKeySecret.name .tls.clientSecret.name))
  (not (regexMatch "^(.*/)?(localhost|127\\.[0-9.]+|\\[::1\\])(:[0-9]+)?$" .target)) -}}
{{- $problems = append $problems "temporal: whoever reaches Temporal can start joins and answer for their machines: set temporal.payloads.keysSecret (nodejoin payload-keys new), temporal.apiKeySecret or temporal.tls.clientSecret; temporal.insecure: true accepts it" -}}
{{- end -}}
{{- end -}}
{{- if and (or $v.temporal.tls.caSecret.name $v.temporal.tls.clientSecret.name $v.temporal.tls.serverName) (not $v.temporal.tls.enabled) -}}
{{- $problems = append $problems "temporal.tls has settings, and temporal.tls.enabled is false: set it to true" -}}
{{- end -}}
{{- if and $v.temporal.deployment.buildId (not $v.temporal.deployment.name) -}}
{{- $problems = append $problems "temporal.deployment.buildId needs temporal.deployment.name, the same for all versions" -}}
{{- end -}}
{{- if and (eq $v.temporal.payloads.unencrypted "allow") (not $v.temporal.payloads.keysSecret.name) -}}
{{- $problems = append $problems "temporal.payloads.unencrypted: allow needs temporal.payloads.keysSecret; without keys nothing is encrypted" -}}
{{- end -}}
{{- if and $v.temporal.payloads.codecServer (not $v.temporal.payloads.keysSecret.name) -}}
{{- $problems = append $problems "temporal.payloads.codecServer needs temporal.payloads.keysSecret; without keys nothing is encrypted" -}}
{{- end -}}
{{- if and $v.temporal.payloads.codecServer (not (or $v.dashboard.usersSecret.name $v.dashboard.oidc.issuer)) -}}
{{- $problems = append $problems "temporal.payloads.codecServer needs dashboard.usersSecret or dashboard.oidc; without users the dashboard is closed" -}}
{{- end -}}
{{- $problems = concat $problems (include "nodejoin.gatewayProblems" . | fromJsonArray) -}}
{{- with $v.dashboard.oidc -}}
{{- if and .issuer (or (not .clientId) (not .externalUrl) (not (or .viewers .operators)) (not (or .clientSecret.name .sessionKeySecret.name))) -}}
{{- $problems = append $problems "dashboard.oidc needs clientId, externalUrl, viewers or operators, and clientSecret or sessionKeySecret" -}}
{{- end -}}
{{- end -}}
{{- if and (not $v.serviceAccount.create) (not $v.serviceAccount.name) -}}
{{- $problems = append $problems "serviceAccount.create is false: name the ServiceAccount in serviceAccount.name" -}}
{{- end -}}
{{- if and $v.checkSecrets (not $problems) -}}
{{- $problems = include "nodejoin.missingSecrets" . | fromJsonArray -}}
{{- end -}}
{{- with $problems -}}
{{- fail (printf "nothing was installed:\n  - %s\n" (join "\n  - " .)) -}}
{{- end -}}
{{- end -}}

{{- define "nodejoin.kafkaProblems" -}}
{{- $problems := list -}}
{{- if and .Values.roles.kafka (not .Values.roles.separate) -}}
{{- $problems = append $problems "roles.kafka has users of separate roles, and roles.separate is false: set it to true, or name the one user in kafka" -}}
{{- end -}}
{{- range include "nodejoin.kafkas" . | fromJsonArray -}}
{{- $problems = concat $problems (include "nodejoin.kafkaUserProblems" . | fromJsonArray) -}}
{{- end -}}
{{- toJson (uniq $problems) -}}
{{- end -}}

{{/* Argument: one of nodejoin.kafkas. */}}
{{- define "nodejoin.kafkaUserProblems" -}}
{{- $problems := list -}}
{{- $kafka := .kafka -}}
{{- $sasl := $kafka.sasl -}}
{{- if and $kafka.clientPropertiesSecret.name (or $kafka.tls.enabled $sasl.mechanism $kafka.clientProperties) -}}
{{- $problems = append $problems (printf "%s.clientPropertiesSecret replaces kafka.tls, kafka.sasl and kafka.clientProperties: remove it, or them" .at.clientPropertiesSecret) -}}
{{- end -}}
{{- if and $kafka.tls.caSecret.name (not $kafka.tls.enabled) -}}
{{- $problems = append $problems "kafka.tls names a Secret, and kafka.tls.enabled is false: set it to true" -}}
{{- end -}}
{{- if and $kafka.tls.clientSecret.name (not $kafka.tls.enabled) -}}
{{- $problems = append $problems (printf "%s.tls names a Secret, and kafka.tls.enabled is false: set it to true" .at.clientSecret) -}}
{{- end -}}
{{- if and $sasl.mechanism (not $sasl.secret.name) -}}
{{- $place := empty .role | ternary "kafka" (printf "roles.kafka.%s" .role) -}}
{{- $problems = append $problems (printf "kafka.sasl.mechanism is %s: name the Secret with the user in %s.sasl.secret.name" $sasl.mechanism $place) -}}
{{- end -}}
{{- if and (not $sasl.mechanism) (or $sasl.secret.name $sasl.username $sasl.tokenUrl) -}}
{{- $problems = append $problems (printf "%s.sasl has a user, and kafka.sasl.mechanism is empty: set it" .at.sasl) -}}
{{- end -}}
{{- if and (eq $sasl.mechanism "PLAIN") (not $kafka.tls.enabled) -}}
{{- $problems = append $problems "kafka.sasl.mechanism PLAIN sends the password as it is: set kafka.tls.enabled" -}}
{{- end -}}
{{- if ne (eq $sasl.mechanism "OAUTHBEARER") (not (empty $sasl.tokenUrl)) -}}
{{- $problems = append $problems "kafka.sasl.tokenUrl belongs to kafka.sasl.mechanism OAUTHBEARER, which needs it: set both or neither" -}}
{{- end -}}
{{- toJson $problems -}}
{{- end -}}

{{- define "nodejoin.gatewayProblems" -}}
{{- $problems := list -}}
{{- $gateway := .Values.gateway -}}
{{- $issuer := dig "issuerRef" "name" "" $gateway.certificate.certManager -}}
{{- if eq (empty $gateway.certificate.secretName) (empty $issuer) -}}
{{- $problems = append $problems "gateway.certificate needs exactly one of secretName, a Secret of type kubernetes.io/tls, and certManager.issuerRef.name" -}}
{{- end -}}
{{- if and $issuer (not $gateway.certificate.certManager.dnsNames) (not $gateway.certificate.certManager.ipAddresses) -}}
{{- $problems = append $problems "gateway.certificate.certManager needs dnsNames or ipAddresses: the name in the agents' gateway URL" -}}
{{- end -}}
{{- if eq (empty $gateway.agentCa.secretName) (not $gateway.agentCa.certManager.enabled) -}}
{{- $problems = append $problems "gateway.agentCa needs exactly one of secretName, a Secret with tls.crt and tls.key of a CA, and certManager.enabled" -}}
{{- end -}}
{{- if eq (int $gateway.port) (int .Values.http.port) -}}
{{- $problems = append $problems (printf "gateway.port and http.port are both %d: they must differ" (int $gateway.port)) -}}
{{- end -}}
{{- if and $gateway.service.nodePort (eq $gateway.service.type "ClusterIP") -}}
{{- $problems = append $problems "gateway.service.nodePort needs gateway.service.type NodePort or LoadBalancer" -}}
{{- end -}}
{{- if and (or $gateway.service.loadBalancerClass $gateway.service.loadBalancerSourceRanges) (ne $gateway.service.type "LoadBalancer") -}}
{{- $problems = append $problems "gateway.service.loadBalancerClass and loadBalancerSourceRanges need gateway.service.type LoadBalancer" -}}
{{- end -}}
{{- if and $gateway.tlsRoute.enabled (or (not $gateway.tlsRoute.parentRefs) (not $gateway.tlsRoute.hostnames)) -}}
{{- $problems = append $problems "gateway.tlsRoute needs parentRefs, a Gateway with a TLS listener in mode Passthrough, and hostnames" -}}
{{- end -}}
{{- toJson $problems -}}
{{- end -}}

{{/* Only a connected Helm can look up; elsewhere there is not even the ServiceAccount that every namespace has. */}}
{{- define "nodejoin.missingSecrets" -}}
{{- $problems := list -}}
{{- $namespace := .Release.Namespace -}}
{{- if lookup "v1" "ServiceAccount" $namespace "default" -}}
{{- range $wanted := include "nodejoin.secrets" . | fromJsonArray -}}
{{- $found := lookup "v1" "Secret" $namespace $wanted.name -}}
{{- range $key := $wanted.keys -}}
{{- if not (hasKey (default (dict) $found.data) $key) -}}
{{- $problems = append $problems (printf "%s: namespace %s has no Secret %s with the key %s; create it: kubectl --namespace %s create secret %s (checkSecrets=false skips this check)"
  $wanted.for $namespace $wanted.name $key $namespace $wanted.create) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $problems -}}
{{- end -}}
