package io.nodejoin.gateway.temporal;

import io.nodejoin.protocol.JoinId;

/**
 * The running join of a node.
 *
 * @param run the run id of its workflow; each run receives its own reports
 */
public record RunningJoin(JoinId id, String run) {}
