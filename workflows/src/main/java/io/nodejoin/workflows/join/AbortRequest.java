package io.nodejoin.workflows.join;

/**
 * Asks that a join be given up.
 *
 * @param reason why, for people
 * @param requestedBy who asked: an event's source, or a person
 */
public record AbortRequest(String reason, String requestedBy) {}
