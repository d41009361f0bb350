package io.nodejoin.cli.doctor;

import io.nodejoin.activities.kubernetes.clusterinfo.ApprovalRights;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.csr.ApprovalMode;
import java.util.List;

/** Checks that the configured approver is the only one that approves CSRs. */
record Approval(ApprovalRights rights, ApprovalMode mode, RbacBindings bindings) implements Check {
    @Override
    public Finding run() {
        return rights.findProblem(mode)
                .map(this::failure)
                .orElseGet(() -> new Finding.Passed(
                        switch (mode) {
                            case NODEJOIN -> "only Nodejoin approves the CSRs of its tokens";
                            case CLUSTER -> "kube-controller-manager approves the CSRs of Nodejoin's tokens";
                        }));
    }

    private Finding failure(Problem problem) {
        return switch (mode) {
            case NODEJOIN ->
                Finding.failed(
                        problem.code() + ": " + problem.detail(),
                        "a stolen token could become any node that does not exist yet; joins fail until this is corrected",
                        remedy());
            case CLUSTER ->
                Finding.failed(
                        problem.code() + ": " + problem.detail(),
                        "every join would wait for a certificate in vain, so joins are refused",
                        PreparedObjects.prepare(mode));
        };
    }

    private String remedy() {
        List<String> commands = bindings.autoApprovalRemovals();
        return commands.isEmpty()
                ? "no ClusterRoleBinding is the cause: check --authorization-mode and --authorization-config of kube-apiserver"
                : String.join(" && ", commands);
    }
}
