package io.nodejoin.gateway.admission;

import io.nodejoin.protocol.PoolName;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.node.NodeRef;
import org.jspecify.annotations.Nullable;

/**
 * A join that wants to begin.
 *
 * @param tenant whose joins wait in line with each other; tenants take turns
 */
public record AdmissionRequest(NodeRef node, String tenant, Priority priority) {
    private static final String NO_POOL = "";

    /** Of one tenant, those of the first priority begin first. */
    public enum Priority {
        /** A machine that was a node comes back. */
        REJOIN,
        JOIN
    }

    /** Returns that of a join in this pool; joins without a pool are one tenant. */
    public static AdmissionRequest of(NodeRef node, @Nullable PoolName pool, boolean rejoin) {
        return new AdmissionRequest(
                node, pool == null ? NO_POOL : pool.value(), rejoin ? Priority.REJOIN : Priority.JOIN);
    }

    /** Returns that of this join. */
    public static AdmissionRequest of(JoinRequest request) {
        return of(
                request.node(),
                request.pool(),
                Boolean.TRUE.equals(request.spec().rejoin()));
    }
}
