package io.nodejoin.activities.kubernetes.clusterinfo;

import io.nodejoin.workflows.csr.ApprovalMode;

/**
 * What a cluster is expected to be.
 *
 * @param approval who approves the certificates of its joins
 * @param strict whether joins are refused while it is not so
 */
public record ClusterPolicy(ApprovalMode approval, boolean strict) {}
