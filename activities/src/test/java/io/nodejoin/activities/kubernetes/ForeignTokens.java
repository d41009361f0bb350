package io.nodejoin.activities.kubernetes;

import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.testbed.controlplane.BootstrapTokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Bootstrap tokens that an administrator makes: the cluster's own signer signs cluster-info with them. */
final class ForeignTokens implements AutoCloseable {
    private final LiveCluster cluster;
    private final List<BootstrapToken> tokens = new ArrayList<>();

    ForeignTokens(LiveCluster cluster) {
        this.cluster = cluster;
    }

    List<BootstrapToken> create(int count) {
        List<BootstrapToken> created = Stream.generate(
                        () -> BootstrapTokens.create(cluster.admin(), Map.of("usage-bootstrap-signing", "true")))
                .limit(count)
                .toList();
        tokens.addAll(created);
        return created;
    }

    @Override
    public void close() {
        for (BootstrapToken token : tokens) {
            cluster.admin()
                    .secrets()
                    .inNamespace("kube-system")
                    .withName("bootstrap-token-" + token.id())
                    .delete();
        }
    }
}
