package io.nodejoin.testbed.check;

import io.nodejoin.testbed.canary.Canary;
import io.nodejoin.testbed.canary.SecretScanner;
import io.nodejoin.testbed.canary.SecretScanner.Match;
import io.nodejoin.testbed.check.Invariant.Breach;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/** Secrets, and where none may be. */
final class SecretRules {
    private SecretRules() {}

    static Stream<Breach> areNowhereElse(ClusterSnapshot snapshot) {
        if (snapshot.sinks().isEmpty()) {
            return Stream.empty();
        }
        SecretScanner scanner = new SecretScanner(snapshot.secrets().entrySet().stream()
                .map(secret -> Canary.of(secret.getKey(), secret.getValue()))
                .toList());
        return snapshot.sinks().entrySet().stream()
                .flatMap(sink -> scanner.scan(sink.getValue().getBytes(StandardCharsets.ISO_8859_1)).stream()
                        .map(Match::canary)
                        .distinct()
                        .map(secret -> Breach.of(secret + " stands in " + sink.getKey(), sink.getKey())));
    }

    static Stream<Breach> leaveClusterInfoAsItWas(ClusterSnapshot snapshot) {
        ClusterSnapshot.KubernetesState cluster = snapshot.cluster();
        return cluster.kubeconfig().equals(cluster.kubeconfigBefore())
                ? Stream.empty()
                : Stream.of(Breach.of("the kubeconfig in cluster-info has changed", cluster.clusterInfo()));
    }
}
