package io.nodejoin.cli.doctor;

import io.nodejoin.activities.kubernetes.clusterinfo.Access;
import io.nodejoin.activities.kubernetes.clusterinfo.Authorizer;
import io.nodejoin.workflows.certificate.ApprovalMode;
import java.util.List;

/** The service's account may do all that joins need. */
record AccountNeeds(Authorizer authorizer) implements Check {
    @Override
    public String name() {
        return "account's rights";
    }

    @Override
    public Finding examine() {
        List<Access> needs = Account.needs();
        List<String> missing = needs.stream()
                .filter(access -> !authorizer.ask(Account.IDENTITY, access).allowed())
                .map(Access::text)
                .toList();
        return missing.isEmpty()
                ? new Finding.Passed("all " + needs.size() + " that joins need")
                : Finding.failed(
                        "the service's account may not " + String.join(", ", missing),
                        "joins would fail with CLUSTER_AUTH_FAILED",
                        PreparedObjects.prepare(ApprovalMode.NODEJOIN));
    }
}
