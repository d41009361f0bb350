package io.nodejoin.workflows.pool;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.nodejoin.protocol.NodeName;
import org.jspecify.annotations.Nullable;

/**
 * What a pool knows of a machine that a gateway has seen.
 *
 * @param node the node of a bound machine
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SightingAnswer(MachineState state, @Nullable NodeName node) {}
