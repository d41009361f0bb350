package io.nodejoin.gateway.temporal;

import io.nodejoin.protocol.JoinId;

/**
 * The join that holds a node now.
 *
 * @param run the workflow's run; another one is told anew
 */
public record RunningJoin(JoinId id, String run) {}
