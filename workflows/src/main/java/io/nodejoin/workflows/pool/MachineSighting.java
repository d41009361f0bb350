package io.nodejoin.workflows.pool;

import io.nodejoin.protocol.agent.MachineFacts;

/**
 * A gateway has the agent of a machine.
 *
 * @param secretDigest lower-case hex SHA-256 of the secret that the agent has shown
 */
public record MachineSighting(String secretDigest, MachineFacts facts) {}
