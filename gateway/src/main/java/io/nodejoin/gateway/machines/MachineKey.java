package io.nodejoin.gateway.machines;

import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.pool.PoolRef;

/**
 * A machine as its agent names it: by its secret.
 *
 * @param secretDigest lower-case hex SHA-256 of the secret
 */
record MachineKey(PoolRef pool, String secretDigest) {

    /** Returns whether this machine may be the node whose agent shows a secret of this digest. */
    boolean isOf(NodeRef node, String digest) {
        return pool.cluster().equals(node.cluster()) && secretDigest.equals(digest);
    }
}
