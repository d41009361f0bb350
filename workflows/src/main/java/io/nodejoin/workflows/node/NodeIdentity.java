package io.nodejoin.workflows.node;

/** One Node object. Another Node of the same name has another UID. */
public record NodeIdentity(NodeRef ref, String uid) {}
