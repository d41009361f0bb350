package io.nodejoin.workflows.gateway;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Instant;

/**
 * An enrolled agent that polls.
 *
 * @param join the join that it has enrolled for
 * @param since when its process connected
 */
public record ConnectedAgent(NodeRef node, JoinId join, Instant since) {}
