package io.nodejoin.activities.kubernetes.csr;

import io.nodejoin.workflows.csr.AllowedServingSans;
import java.time.Instant;

/**
 * A node with allowed SANs whose Node exists.
 *
 * @param registeredAt creation time of the Node: its kubelet creates no serving CSR before
 */
record ServingNode(AllowedServingSans sans, Instant registeredAt) {}
