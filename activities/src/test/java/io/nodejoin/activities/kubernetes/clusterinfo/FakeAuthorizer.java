package io.nodejoin.activities.kubernetes.clusterinfo;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Allows what its bindings say, group by group, and gives reasons as RBAC does. */
final class FakeAuthorizer implements Authorizer {
    private final Map<String, String> bindings;
    private final Access allowed;
    private final List<Identity> asked = new CopyOnWriteArrayList<>();

    /** @param bindings the name of the ClusterRoleBinding that allows this access, by group */
    FakeAuthorizer(Access allowed, Map<String, String> bindings) {
        this.allowed = allowed;
        this.bindings = Map.copyOf(bindings);
    }

    @Override
    public Ruling ask(Identity who, Access what) {
        asked.add(who);
        return who.groups().stream()
                .filter(group -> allowed.equals(what) && bindings.containsKey(group))
                .findFirst()
                .map(group -> new Ruling(
                        true,
                        "RBAC: allowed by ClusterRoleBinding \"%s\" of ClusterRole \"wide\" to Group \"%s\""
                                .formatted(bindings.get(group), group)))
                .orElseGet(() -> new Ruling(false, ""));
    }

    List<Identity> asked() {
        return asked;
    }
}
