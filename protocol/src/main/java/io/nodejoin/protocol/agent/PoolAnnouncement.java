package io.nodejoin.protocol.agent;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.PoolName;

/**
 * {@code POST /v1/machines}: an agent whose machine waits in a pool asks which node the machine becomes. Sent over
 * server-authenticated TLS with a pinned CA. The agent then enrolls for that node with the same secret.
 *
 * @param secret the enrollment secret that the inventory put on the machine; the gateway forwards only its digest
 */
public record PoolAnnouncement(ClusterName cluster, PoolName pool, String secret, MachineFacts facts) {
    @Override
    public String toString() {
        return "PoolAnnouncement[cluster=" + cluster + ", pool=" + pool + ", secret=<redacted>]";
    }
}
