package io.nodejoin.protocol.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A join reached its next phase, or an earlier one again in another attempt.
 *
 * @param reason why the attempt is compensated; only with {@link Phase#Compensating}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JoinPhaseChanged(
        ClusterName cluster,
        NodeName nodeName,
        JoinId joinId,
        Phase phase,
        Instant at,
        @Nullable ErrorCode reason) implements LifecycleEvent.Outcome {}
