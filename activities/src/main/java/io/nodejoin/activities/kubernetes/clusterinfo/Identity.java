package io.nodejoin.activities.kubernetes.clusterinfo;

import java.util.List;

/**
 * Somebody as an API server's authenticator describes him.
 *
 * @param groups all groups, also those that Kubernetes itself adds
 */
public record Identity(String user, List<String> groups) {
    /** Whoever brings no credential. */
    public static final Identity ANONYMOUS = new Identity("system:anonymous", List.of("system:unauthenticated"));

    public Identity {
        groups = List.copyOf(groups);
    }
}
