package io.nodejoin.cli.doctor;

import io.nodejoin.activities.kubernetes.clusterinfo.AnonymousRights;
import io.nodejoin.protocol.Problem;
import java.util.List;

/** Cluster-info is for anyone; nothing else that would help a stranger is. */
record AnonymousAccess(AnonymousRights rights, RbacBindings bindings) implements Check {
    @Override
    public String name() {
        return "anonymous access";
    }

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
                "whoever reaches the API server has these rights; joins are refused until they are gone",
                commands.isEmpty()
                        ? "no binding does it: look at --authorization-mode and --authorization-config of kube-apiserver"
                        : String.join(" && ", commands));
    }
}
