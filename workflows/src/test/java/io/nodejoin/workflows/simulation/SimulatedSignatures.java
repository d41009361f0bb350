package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The signatures in cluster-info, changed by compare and swap. */
final class SimulatedSignatures {
    private static final int SWAPS = 10;

    private final World world;
    private final FaultyCalls api;

    SimulatedSignatures(World world, ActivityAttempt execution) {
        this.world = world;
        this.api = new FaultyCalls(world, execution);
    }

    void publish(TokenId id, String jws) {
        change("add a signature", id, jws);
        if (!api.call("read cluster-info", () -> jws.equals(world.api.signatures.get(id)))) {
            throw contended(ErrorCode.CLUSTER_INFO_SIGNATURE_MISSING, id + " does not stay");
        }
    }

    void remove(TokenId id) {
        change("remove a signature", id, null);
    }

    private void change(String what, TokenId id, @Nullable String wanted) {
        for (int i = 0; i < SWAPS; i++) {
            ClusterInfo read = api.call(
                    "read cluster-info",
                    () -> new ClusterInfo(
                            world.api.signaturesVersion(), Objects.equals(wanted, world.api.signatures.get(id))));
            if (read.asWanted() || api.effect(what, () -> world.api.sign(id, wanted, read.version()))) {
                return;
            }
        }
        throw contended(ErrorCode.OBJECT_CONFLICT, "changed by others");
    }

    private static RuntimeException contended(ErrorCode code, String detail) {
        return Failures.of(FailureType.CONFLICT, new Problem(code, detail));
    }

    /** The state that was read. */
    private record ClusterInfo(int version, boolean asWanted) {}
}
