package io.nodejoin.testbed.check;

import java.nio.file.Path;
import java.util.List;

/**
 * The sources of a checker.
 *
 * @param adminKubeconfig kubeconfig of the cluster's administrator
 * @param auditLog Nodejoin's audit log; may not exist yet
 * @param logs files that must not contain secrets
 */
public record CheckerConfig(
        Path adminKubeconfig, String kafkaBootstrapServers, String temporalTarget, Path auditLog, List<Path> logs) {
    public CheckerConfig {
        logs = List.copyOf(logs);
    }
}
