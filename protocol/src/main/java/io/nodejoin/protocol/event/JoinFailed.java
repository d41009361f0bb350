package io.nodejoin.protocol.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.ReasonClass;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The join did not lead to a Ready node, and was compensated.
 *
 * @param reason the stable code
 * @param reasonClass the class of the reason
 * @param detail what failed and why; contains no secret
 * @param retryable whether the client may send the same request again
 * @param retryAfter delay before the client sends it again, see {@link RetryAfter}; absent if it may not
 * @param replaceHost whether the host should be replaced rather than used again
 * @param residue what could not be compensated, empty if nothing is left
 * @param hostLog the last redacted lines of the host's log, for host faults
 * @param phases time of each phase, in order
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JoinFailed(
        ClusterName cluster,
        NodeName nodeName,
        JoinId joinId,
        ErrorCode reason,
        ReasonClass reasonClass,
        String detail,
        boolean retryable,
        @Nullable Duration retryAfter,
        boolean replaceHost,
        List<String> residue,
        List<String> hostLog,
        List<PhaseTime> phases,
        @Nullable PoolName pool)
        implements LifecycleEvent.Outcome {
    public JoinFailed {
        residue = List.copyOf(residue);
        hostLog = List.copyOf(hostLog);
        phases = List.copyOf(phases);
    }

    /** Returns what an operator does about the reason. Derived from the reason, so not parsed. */
    @JsonProperty(access = JsonProperty.Access.READ_ONLY)
    public String remedy() {
        return reason.remedy();
    }
}
