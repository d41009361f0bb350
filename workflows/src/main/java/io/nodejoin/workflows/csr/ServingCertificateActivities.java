package io.nodejoin.workflows.csr;

import io.temporal.activity.ActivityInterface;

/** Serving certificates of kubelets, and the inventory that they are approved by. Nodes outside of it are left alone. */
@ActivityInterface(namePrefix = "ServingCertificate_")
public interface ServingCertificateActivities {

    /**
     * Puts the node into the cluster's inventory, where no node can write. From now on, and for as long as this very Node
     * lives, its requests are decided by it. A second call finds the entry; an entry of an earlier Node of the name is
     * replaced.
     */
    void allowSans(AllowedServingSans sans);

    /**
     * Waits until a serving certificate for exactly the inventory is issued to the node, and decides the node's requests
     * meanwhile. Heartbeats. A second call finds the earlier decision and goes on from it.
     */
    CertificateResult awaitIssued(ServingCertificateRequest request);

    /** Takes the node out of the inventory. Absent, or of another join, counts as done; a second call is harmless. */
    void disallowSans(AllowedServingSans sans);
}
