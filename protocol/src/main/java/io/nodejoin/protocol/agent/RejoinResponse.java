package io.nodejoin.protocol.agent;

import io.nodejoin.protocol.JoinId;

/**
 * Status 202: a join for this machine has started or completed. The agent enrolls as for any join.
 *
 * @param joinId the rejoin
 */
public record RejoinResponse(JoinId joinId) {}
