package io.nodejoin.testbed.check;

import io.nodejoin.testbed.check.Invariant.Broken;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Secrets, and where none may be. */
final class SecretRules {
    private static final int GROUP = 3;

    private SecretRules() {}

    static Stream<Broken> areNowhereElse(Scene scene) {
        return scene.secrets().entrySet().stream()
                .flatMap(secret -> writings(secret.getValue())
                        .flatMap(writing -> sinksWith(scene, writing)
                                .map(sink -> Broken.because(secret.getKey() + " stands in " + sink, sink))));
    }

    private static Stream<String> sinksWith(Scene scene, String writing) {
        return scene.sinks().entrySet().stream()
                .filter(sink -> sink.getValue().contains(writing))
                .map(Map.Entry::getKey);
    }

    /** Plain, in hex, and in base64 wherever in a group of three bytes it begins. */
    private static Stream<String> writings(String secret) {
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        return Stream.concat(
                List.of(secret, HexFormat.of().formatHex(bytes)).stream(),
                IntStream.range(0, GROUP).mapToObj(skipped -> inBase64(bytes, skipped)));
    }

    private static String inBase64(byte[] bytes, int skipped) {
        int whole = (bytes.length - skipped) / GROUP * GROUP;
        byte[] part = new byte[whole];
        System.arraycopy(bytes, skipped, part, 0, whole);
        return Base64.getEncoder().withoutPadding().encodeToString(part);
    }

    static Stream<Broken> leaveClusterInfoAsItWas(Scene scene) {
        Scene.Cluster cluster = scene.cluster();
        return cluster.kubeconfig().equals(cluster.kubeconfigBefore())
                ? Stream.empty()
                : Stream.of(Broken.because("the kubeconfig in cluster-info has changed", cluster.clusterInfo()));
    }
}
