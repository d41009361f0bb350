package io.nodejoin.workflows.pool;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import java.time.Instant;

/** The join that has taken a machine, or whose node it is. */
public record Binding(JoinId joinId, NodeName node, Instant since) {}
