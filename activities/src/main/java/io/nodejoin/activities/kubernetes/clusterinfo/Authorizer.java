package io.nodejoin.activities.kubernetes.clusterinfo;

/** Decides what an identity may do in a cluster. Read-only. */
@FunctionalInterface
public interface Authorizer {
    /** Returns whether the identity has the access, and why. */
    AccessDecision review(Identity identity, ResourceAccess access);
}
