package io.nodejoin.cli.doctor;

import io.nodejoin.activities.kubernetes.clusterinfo.Authorizer;
import io.nodejoin.activities.kubernetes.clusterinfo.ResourceAccess;
import java.util.List;
import java.util.stream.Stream;

/** Checks that the service account has no rights beyond those of joins. */
record ForbiddenRights(Authorizer authorizer, RbacBindings bindings) implements Check {
    @Override
    public Finding run() {
        List<ResourceAccess> limits = ServiceAccountRights.forbidden();
        List<String> excess = limits.stream()
                .flatMap(access -> Stream.of(authorizer.review(ServiceAccountRights.IDENTITY, access))
                        .filter(Authorizer.Decision::allowed)
                        .map(decision -> access.describe() + " (by " + decision.grantedBy() + ")"))
                .toList();
        return excess.isEmpty()
                ? new Finding.Passed("none of " + limits.size() + " that it must not have")
                : Finding.failed(
                        "the service's account may " + String.join(", ", excess),
                        "a thief of the service's credential has the right too",
                        remedy());
    }

    private String remedy() {
        List<String> commands = bindings.serviceAccountRemovals();
        return commands.isEmpty()
                ? "remove the right from the named role, or check --authorization-mode of kube-apiserver"
                : String.join(" && ", commands);
    }
}
