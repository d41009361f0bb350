package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.discovery.CaPin;
import io.nodejoin.workflows.clusterinfo.ClusterInfoActivities;
import io.nodejoin.workflows.clusterinfo.ClusterTrust;
import io.nodejoin.workflows.clusterinfo.TokenSignature;
import io.nodejoin.workflows.token.TokenRef;
import java.net.URI;
import java.util.List;

/** The public ConfigMap as a set of signatures. */
final class ClusterInfoCalls implements ClusterInfoActivities {
    private static final ClusterTrust TRUST = new ClusterTrust(
            "uid-of-kube-system",
            URI.create("https://127.0.0.1:6443"),
            List.of(new CaPin("sha256:" + "cd".repeat(32))),
            "kind: Config",
            "v1.37.2");

    private final World world;
    private final Api api;

    ClusterInfoCalls(World world, ActivityExecution execution) {
        this.world = world;
        this.api = new Api(world, execution);
    }

    @Override
    public ClusterTrust ensure(ClusterName cluster) {
        return api.call("look at cluster-info", () -> TRUST);
    }

    @Override
    public void publishSignature(TokenSignature signature) {
        api.effect(
                "add a signature",
                () -> world.api.signatures.add(signature.token().tokenId()));
        api.call("read cluster-info", () -> true);
    }

    @Override
    public void removeSignature(TokenRef token) {
        api.effect("remove a signature", () -> world.api.signatures.remove(token.tokenId()));
    }
}
