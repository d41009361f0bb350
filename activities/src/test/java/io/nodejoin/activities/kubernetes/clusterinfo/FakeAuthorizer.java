package io.nodejoin.activities.kubernetes.clusterinfo;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Allows what its bindings say, group by group, and gives reasons as RBAC does. */
final class FakeAuthorizer implements Authorizer {
    private final Map<String, String> bindings;
    private final ResourceAccess allowed;
    private final List<Authorizer.Identity> asked = new CopyOnWriteArrayList<>();

    /** @param bindings the name of the ClusterRoleBinding that allows this access, by group */
    FakeAuthorizer(ResourceAccess allowed, Map<String, String> bindings) {
        this.allowed = allowed;
        this.bindings = Map.copyOf(bindings);
    }

    @Override
    public Authorizer.Decision review(Authorizer.Identity identity, ResourceAccess access) {
        asked.add(identity);
        return identity.groups().stream()
                .filter(group -> allowed.equals(access) && bindings.containsKey(group))
                .findFirst()
                .map(group -> new Authorizer.Decision(
                        true,
                        "RBAC: allowed by ClusterRoleBinding \"%s\" of ClusterRole \"wide\" to Group \"%s\""
                                .formatted(bindings.get(group), group)))
                .orElseGet(() -> new Authorizer.Decision(false, ""));
    }

    List<Authorizer.Identity> asked() {
        return asked;
    }
}
