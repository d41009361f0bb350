package io.nodejoin.testbed.check;

import java.nio.file.Path;
import java.util.List;

/**
 * Where a checker looks.
 *
 * @param adminKubeconfig of the cluster's administrator
 * @param auditLog what Nodejoin has put on record; may not exist yet
 * @param logs files that must hold no secret
 */
public record CheckerConfig(
        Path adminKubeconfig, String kafkaBootstrapServers, String temporalTarget, Path auditLog, List<Path> logs) {
    public CheckerConfig {
        logs = List.copyOf(logs);
    }
}
