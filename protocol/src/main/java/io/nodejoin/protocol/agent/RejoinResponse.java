package io.nodejoin.protocol.agent;

import io.nodejoin.protocol.JoinId;

/**
 * Status 202: the join runs, or has run, that takes the machine back. The agent enrolls as for any join.
 *
 * @param joinId the join of this comeback
 */
public record RejoinResponse(JoinId joinId) {}
