package io.nodejoin.cli.doctor;

import io.nodejoin.activities.kubernetes.clusterinfo.Access;
import io.nodejoin.activities.kubernetes.clusterinfo.ApprovalRights;
import io.nodejoin.activities.kubernetes.clusterinfo.Authorizer;
import io.nodejoin.workflows.certificate.ApprovalMode;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A kubelet makes its request with the bootstrap token, and waits for the answer with it. */
record CertificateRequests(Authorizer authorizer) implements Check {
    @Override
    public String name() {
        return "certificate requests";
    }

    @Override
    public Finding examine() {
        String missing = Stream.of("create", "get", "list", "watch")
                .map(verb -> Access.to(verb, "certificates.k8s.io", "certificatesigningrequests"))
                .filter(access ->
                        !authorizer.ask(ApprovalRights.TOKEN_USER, access).allowed())
                .map(Access::text)
                .collect(Collectors.joining(", "));
        return missing.isEmpty()
                ? new Finding.Passed("the group of Nodejoin's tokens may make them")
                : Finding.failed(
                        "the group of Nodejoin's tokens may not " + missing,
                        "no kubelet could ask for its certificate",
                        PreparedObjects.prepare(ApprovalMode.NODEJOIN));
    }
}
