package io.nodejoin.workflows.node;

/** One Node object: another one of the same name has another UID. */
public record NodeIdentity(NodeRef ref, String uid) {}
