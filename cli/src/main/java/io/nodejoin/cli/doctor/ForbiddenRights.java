package io.nodejoin.cli.doctor;

import io.nodejoin.activities.kubernetes.clusterinfo.Authorizer;
import io.nodejoin.activities.kubernetes.clusterinfo.ResourceAccess;
import io.nodejoin.activities.kubernetes.preparation.Accounts;
import io.nodejoin.activities.kubernetes.preparation.Accounts.Account;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Checks that the service's accounts have no rights beyond those of joins. */
record ForbiddenRights(Authorizer authorizer, Accounts accounts, RbacBindings bindings) implements Check {
    @Override
    public Finding run() {
        List<String> excess = new ArrayList<>();
        int checked = 0;
        for (Account account : accounts.accounts()) {
            List<ResourceAccess> limits = ServiceAccountRights.forbidden(account);
            checked += limits.size();
            String held = held(account, limits);
            if (!held.isEmpty()) {
                excess.add("the account " + account.accountName() + " may " + held);
            }
        }
        return excess.isEmpty()
                ? new Finding.Passed("none of " + checked + " that " + (accounts == Accounts.single ? "it" : "they")
                        + " must not have")
                : Finding.failed(
                        String.join("; ", excess), "a thief of the service's credential has the right too", remedy());
    }

    private String held(Account account, List<ResourceAccess> limits) {
        return limits.stream()
                .flatMap(access -> Stream.of(authorizer.review(ServiceAccountRights.identity(account), access))
                        .filter(Authorizer.Decision::allowed)
                        .map(decision -> access.describe() + " (by " + decision.grantedBy() + ")"))
                .collect(Collectors.joining(", "));
    }

    private String remedy() {
        List<String> commands = bindings.serviceAccountRemovals();
        return commands.isEmpty()
                ? "remove the right from the named role, or check --authorization-mode of kube-apiserver"
                : String.join(" && ", commands);
    }
}
