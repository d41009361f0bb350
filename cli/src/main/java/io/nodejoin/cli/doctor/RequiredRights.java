package io.nodejoin.cli.doctor;

import io.nodejoin.activities.kubernetes.clusterinfo.Authorizer;
import io.nodejoin.activities.kubernetes.clusterinfo.ResourceAccess;
import io.nodejoin.activities.kubernetes.preparation.Accounts;
import io.nodejoin.activities.kubernetes.preparation.Accounts.Account;
import io.nodejoin.workflows.csr.ApprovalMode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Checks that the service's accounts have all rights that joins need. */
record RequiredRights(Authorizer authorizer, Accounts accounts) implements Check {
    @Override
    public Finding run() {
        List<String> missing = new ArrayList<>();
        int needed = 0;
        for (Account account : accounts.accounts()) {
            List<ResourceAccess> needs = ServiceAccountRights.required(account);
            needed += needs.size();
            String lacks = lacks(account, needs);
            if (!lacks.isEmpty()) {
                missing.add("the account " + account.accountName() + " may not " + lacks);
            }
        }
        return missing.isEmpty()
                ? new Finding.Passed("all " + needed + " that joins need")
                : Finding.failed(
                        String.join("; ", missing),
                        "joins would fail with CLUSTER_AUTH_FAILED",
                        PreparedObjects.prepare(ApprovalMode.NODEJOIN));
    }

    private String lacks(Account account, List<ResourceAccess> needs) {
        return needs.stream()
                .filter(access -> !authorizer
                        .review(ServiceAccountRights.identity(account), access)
                        .allowed())
                .map(ResourceAccess::describe)
                .collect(Collectors.joining(", "));
    }
}
