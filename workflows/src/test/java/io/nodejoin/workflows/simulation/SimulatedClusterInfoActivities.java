package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.discovery.CaPin;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.clusterinfo.ClusterInfoActivities;
import io.nodejoin.workflows.clusterinfo.DiscoveryInfo;
import io.nodejoin.workflows.clusterinfo.TokenSignature;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.token.TokenRef;
import java.net.URI;
import java.util.List;

/** The ConfigMap cluster-info as a set of signatures, changed by compare and swap. */
final class SimulatedClusterInfoActivities implements ClusterInfoActivities {
    private static final int SWAPS = 10;
    private static final DiscoveryInfo TRUST = new DiscoveryInfo(
            "uid-of-kube-system",
            URI.create("https://127.0.0.1:6443"),
            List.of(new CaPin("sha256:" + "cd".repeat(32))),
            "kind: Config",
            "v1.37.2");

    private final World world;
    private final FaultyCalls api;

    SimulatedClusterInfoActivities(World world, ActivityAttempt execution) {
        this.world = world;
        this.api = new FaultyCalls(world, execution);
    }

    @Override
    public DiscoveryInfo ensure(ClusterName cluster) {
        return api.call("look at cluster-info", () -> TRUST);
    }

    @Override
    public void publishSignature(TokenSignature signature) {
        TokenId id = signature.token().tokenId();
        change("add a signature", id, true);
        if (!api.call("read cluster-info", () -> world.api.signatures.contains(id))) {
            throw contended(ErrorCode.CLUSTER_INFO_SIGNATURE_MISSING, id + " does not stay");
        }
    }

    @Override
    public void removeSignature(TokenRef token) {
        change("remove a signature", token.tokenId(), false);
    }

    private void change(String what, TokenId id, boolean wanted) {
        for (int i = 0; i < SWAPS; i++) {
            ClusterInfo read = api.call(
                    "read cluster-info",
                    () -> new ClusterInfo(world.api.signaturesVersion(), world.api.signatures.contains(id)));
            if (read.signed() == wanted || api.effect(what, () -> world.api.sign(id, wanted, read.version()))) {
                return;
            }
        }
        throw contended(ErrorCode.OBJECT_CONFLICT, "changed by others");
    }

    private static RuntimeException contended(ErrorCode code, String detail) {
        return Failures.of(FailureType.CONFLICT, new Problem(code, detail));
    }

    /** The state that was read. */
    private record ClusterInfo(int version, boolean signed) {}
}
