package io.nodejoin.activities.kubernetes.clusterinfo;

/** Says what others may do in a cluster. Asking changes nothing. */
@FunctionalInterface
public interface Authorizer {
    /** Whether this identity may do this, and why. */
    AccessDecision review(Identity identity, ResourceAccess access);
}
