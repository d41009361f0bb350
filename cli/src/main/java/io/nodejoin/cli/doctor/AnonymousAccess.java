package io.nodejoin.cli.doctor;

import io.nodejoin.activities.kubernetes.clusterinfo.AnonymousRights;
import io.nodejoin.protocol.Problem;
import java.util.List;

/** Checks that anonymous users may read cluster-info and nothing else that helps an attacker. */
record AnonymousAccess(AnonymousRights rights, RbacBindings bindings) implements Check {
    @Override
    public Finding run() {
        return rights.findExcess()
                .map(this::failure)
                .orElseGet(() ->
                        new Finding.Passed("without a credential neither secrets nor nodes nor pods can be read"));
    }

    private Finding failure(Problem problem) {
        List<String> commands = bindings.anonymousAccessRemovals();
        return Finding.failed(
                problem.code() + ": " + problem.detail(),
                "anyone who reaches the API server has these rights; joins fail until they are removed",
                commands.isEmpty()
                        ? "no binding is the cause: check --authorization-mode and --authorization-config of kube-apiserver"
                        : String.join(" && ", commands));
    }
}
