package io.nodejoin.activities.kubernetes.clusterinfo;

import io.nodejoin.workflows.csr.ApprovalMode;

/**
 * The configured policy of a cluster.
 *
 * @param approval who approves the CSRs of its joins
 * @param strict whether joins fail while the cluster violates the policy
 */
public record ClusterPolicy(ApprovalMode approval, boolean strict) {}
