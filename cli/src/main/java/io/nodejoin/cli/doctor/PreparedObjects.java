package io.nodejoin.cli.doctor;

import io.nodejoin.activities.kubernetes.preparation.Accounts;
import io.nodejoin.activities.kubernetes.preparation.AdminCluster;
import io.nodejoin.activities.kubernetes.preparation.ClusterPreparation;
import io.nodejoin.activities.kubernetes.preparation.ClusterPreparation.Result.Change;
import io.nodejoin.workflows.csr.ApprovalMode;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Checks by a server-side dry run what {@code nodejoin cluster prepare} would change: admission policies and flow
 * control included.
 */
record PreparedObjects(AdminCluster cluster, ApprovalMode approval) implements Check {
    @Override
    public Finding run() {
        List<ClusterPreparation.Result> objects =
                new ClusterPreparation(cluster, approval, Accounts.of(cluster), true).apply();
        String missing = those(objects, Change.created);
        String changed = those(objects, Change.changed);
        String remedy = prepare(approval);
        if (!missing.isEmpty()) {
            return Finding.failed(
                    "missing: " + missing,
                    "without its rights the service cannot join hosts; without its guards it could do more than that",
                    remedy);
        }
        return changed.isEmpty()
                ? new Finding.Passed("all " + objects.size() + " objects of 'nodejoin cluster prepare' are as shipped")
                : Finding.warned(
                        "not as shipped: " + changed,
                        "they were changed, or are of another version of Nodejoin",
                        "compare by '" + remedy + " --dry-run server', then " + remedy);
    }

    static String prepare(ApprovalMode approval) {
        return "nodejoin cluster prepare --kubeconfig ADMIN --approval "
                + approval.name().toLowerCase(Locale.ROOT);
    }

    private static String those(List<ClusterPreparation.Result> objects, Change change) {
        return objects.stream()
                .filter(object -> object.change() == change)
                .map(ClusterPreparation.Result::object)
                .collect(Collectors.joining(", "));
    }
}
