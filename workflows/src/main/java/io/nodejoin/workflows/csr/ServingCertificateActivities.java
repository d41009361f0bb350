package io.nodejoin.workflows.csr;

import io.temporal.activity.ActivityInterface;

/**
 * Kubelet serving certificates, and the allowed SANs by which their CSRs are approved. Nodes without an entry are
 * ignored.
 */
@ActivityInterface(namePrefix = "ServingCertificate_")
public interface ServingCertificateActivities {

    /**
     * Stores the node's allowed SANs in the cluster, where no node can write. Its serving CSRs are decided by them as
     * long as the Node with this UID exists. Replaces the entry of an earlier Node of the name. Idempotent.
     */
    void allowSans(AllowedServingSans sans);

    /**
     * Waits until a serving certificate for exactly the allowed SANs is issued to the node, and decides the node's
     * serving CSRs meanwhile. Heartbeats. Idempotent: a second call continues from an earlier decision.
     */
    CertificateResult awaitIssued(ServingCertificateRequest request);

    /** Deletes the node's allowed SANs. Succeeds if they are absent or belong to another join. Idempotent. */
    void disallowSans(AllowedServingSans sans);
}
