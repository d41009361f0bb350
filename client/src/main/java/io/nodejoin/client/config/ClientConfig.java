package io.nodejoin.client.config;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.nodejoin.protocol.ClusterName;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * What a client needs of the service's file: where Kafka, Temporal and the clusters are. Sections and keys that are for the
 * service alone are not looked at.
 *
 * @param roles what the process does whose file it is; all by default
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ClientConfig(
        Set<Role> roles, KafkaConfig kafka, TemporalConfig temporal, Map<ClusterName, Cluster> clusters) {
    @SuppressWarnings("NullAway") // an absent section is null and gets the defaults of its record
    public ClientConfig {
        roles = Role.ordered(Check.orDefault(roles, Role.all()));
        kafka = Check.required(kafka, "kafka");
        temporal = Check.orDefault(temporal, TemporalConfig.withDefaults(null));
        clusters = Map.copyOf(Check.required(clusters, "clusters"));
    }

    /**
     * One entry of the section {@code clusters}.
     *
     * @param kubeconfigFile the service's own credential
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Cluster(Path kubeconfigFile) {
        public Cluster {
            kubeconfigFile = Check.required(kubeconfigFile, "clusters.<name>.kubeconfigFile");
        }
    }
}
