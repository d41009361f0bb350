package io.nodejoin.cli.doctor;

import io.nodejoin.activities.kubernetes.clusterinfo.ApprovalRights;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.csr.ApprovalMode;
import java.util.List;

/** Whether the one who should approve certificates is the only one who does. */
record Approval(ApprovalRights rights, ApprovalMode mode, RbacBindings bindings) implements Check {
    @Override
    public String name() {
        return "approval";
    }

    @Override
    public Finding run() {
        return rights.findProblem(mode)
                .map(this::failure)
                .orElseGet(() -> new Finding.Passed(
                        switch (mode) {
                            case NODEJOIN -> "nothing but Nodejoin approves what its tokens ask for";
                            case CLUSTER -> "kube-controller-manager approves what Nodejoin's tokens ask for";
                        }));
    }

    private Finding failure(Problem problem) {
        return switch (mode) {
            case NODEJOIN ->
                Finding.failed(
                        problem.code() + ": " + problem.detail(),
                        "a stolen token would become any node that does not exist yet; joins are refused until this is gone",
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
                ? "no ClusterRoleBinding does it: look at --authorization-mode and --authorization-config of kube-apiserver"
                : String.join(" && ", commands);
    }
}
