package io.nodejoin.cli.doctor;

import io.nodejoin.activities.kubernetes.clusterinfo.Authorizer;
import io.nodejoin.activities.kubernetes.clusterinfo.ResourceAccess;
import io.nodejoin.workflows.csr.ApprovalMode;
import java.util.List;

/** Checks that the service account has all rights that joins need. */
record RequiredRights(Authorizer authorizer) implements Check {
    @Override
    public Finding run() {
        List<ResourceAccess> needs = ServiceAccountRights.required();
        List<String> missing = needs.stream()
                .filter(access -> !authorizer
                        .review(ServiceAccountRights.IDENTITY, access)
                        .allowed())
                .map(ResourceAccess::describe)
                .toList();
        return missing.isEmpty()
                ? new Finding.Passed("all " + needs.size() + " that joins need")
                : Finding.failed(
                        "the service's account may not " + String.join(", ", missing),
                        "joins would fail with CLUSTER_AUTH_FAILED",
                        PreparedObjects.prepare(ApprovalMode.NODEJOIN));
    }
}
