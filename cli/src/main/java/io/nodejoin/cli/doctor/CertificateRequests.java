package io.nodejoin.cli.doctor;

import io.nodejoin.activities.kubernetes.clusterinfo.ApprovalRights;
import io.nodejoin.activities.kubernetes.clusterinfo.Authorizer;
import io.nodejoin.activities.kubernetes.clusterinfo.ResourceAccess;
import io.nodejoin.workflows.csr.ApprovalMode;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Checks the rights of bootstrap tokens: a kubelet creates its CSR with the token, and reads the result with it. */
record CertificateRequests(Authorizer authorizer) implements Check {
    @Override
    public Finding run() {
        String missing = Stream.of("create", "get", "list", "watch")
                .map(verb -> ResourceAccess.to(verb, "certificates.k8s.io", "certificatesigningrequests"))
                .filter(access ->
                        !authorizer.review(ApprovalRights.TOKEN_USER, access).allowed())
                .map(ResourceAccess::describe)
                .collect(Collectors.joining(", "));
        return missing.isEmpty()
                ? new Finding.Passed("the group of Nodejoin's tokens may create them")
                : Finding.failed(
                        "the group of Nodejoin's tokens may not " + missing,
                        "no kubelet could request its certificate",
                        PreparedObjects.prepare(ApprovalMode.NODEJOIN));
    }
}
