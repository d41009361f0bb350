package io.nodejoin.activities.kubernetes.clusterinfo;

import java.util.List;

/**
 * A user as an API server's authenticator reports it.
 *
 * @param groups all groups, including those that Kubernetes itself adds
 */
public record Identity(String user, List<String> groups) {
    /** A client without a credential. */
    public static final Identity ANONYMOUS = new Identity("system:anonymous", List.of("system:unauthenticated"));

    public Identity {
        groups = List.copyOf(groups);
    }
}
