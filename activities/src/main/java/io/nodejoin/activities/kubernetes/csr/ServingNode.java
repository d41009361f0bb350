package io.nodejoin.activities.kubernetes.csr;

import io.nodejoin.workflows.csr.AllowedServingSans;
import java.time.Instant;

/**
 * A node that stands in the inventory and lives.
 *
 * @param registeredAt creation time of the Node: its kubelet asks for nothing before
 */
record ServingNode(AllowedServingSans sans, Instant registeredAt) {}
