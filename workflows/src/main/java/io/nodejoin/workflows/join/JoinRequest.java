package io.nodejoin.workflows.join;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.join.JoinRequested;
import java.time.Instant;

/**
 * An admitted request.
 *
 * @param generation the event's time; a later event for the same node has a higher one
 * @param wanted what was asked for
 * @param deadline when the join is given up
 */
public record JoinRequest(JoinId joinId, Instant generation, JoinRequested wanted, Instant deadline, JoinTerms terms) {}
