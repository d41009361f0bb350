package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.discovery.CaPin;
import io.nodejoin.workflows.clusterinfo.ClusterInfoActivities;
import io.nodejoin.workflows.clusterinfo.DiscoveryInfo;
import java.net.URI;
import java.util.List;

/** A cluster that is always fit for joins. */
final class SimulatedClusterInfoActivities implements ClusterInfoActivities {
    private static final DiscoveryInfo TRUST = new DiscoveryInfo(
            "uid-of-kube-system",
            URI.create("https://127.0.0.1:6443"),
            List.of(new CaPin("sha256:" + "cd".repeat(32))),
            "kind: Config",
            "v1.37.2");

    private final FaultyCalls api;

    SimulatedClusterInfoActivities(World world, ActivityAttempt execution) {
        this.api = new FaultyCalls(world, execution);
    }

    @Override
    public DiscoveryInfo ensure(ClusterName cluster) {
        return api.call("look at cluster-info", () -> TRUST);
    }
}
