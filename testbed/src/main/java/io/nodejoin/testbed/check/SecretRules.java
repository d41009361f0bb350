package io.nodejoin.testbed.check;

import io.nodejoin.testbed.canary.Canary;
import io.nodejoin.testbed.canary.Find;
import io.nodejoin.testbed.canary.SecretScanner;
import io.nodejoin.testbed.check.Invariant.Broken;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/** Secrets, and where none may be. */
final class SecretRules {
    private SecretRules() {}

    static Stream<Broken> areNowhereElse(Scene scene) {
        if (scene.sinks().isEmpty()) {
            return Stream.empty();
        }
        SecretScanner scanner = new SecretScanner(scene.secrets().entrySet().stream()
                .map(secret -> Canary.of(secret.getKey(), secret.getValue()))
                .toList());
        return scene.sinks().entrySet().stream()
                .flatMap(sink -> scanner.scan(sink.getValue().getBytes(StandardCharsets.ISO_8859_1)).stream()
                        .map(Find::canary)
                        .distinct()
                        .map(secret -> Broken.because(secret + " stands in " + sink.getKey(), sink.getKey())));
    }

    static Stream<Broken> leaveClusterInfoAsItWas(Scene scene) {
        Scene.Cluster cluster = scene.cluster();
        return cluster.kubeconfig().equals(cluster.kubeconfigBefore())
                ? Stream.empty()
                : Stream.of(Broken.because("the kubeconfig in cluster-info has changed", cluster.clusterInfo()));
    }
}
