package io.nodejoin.protocol.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The join did not lead to a Ready node, and what it had done was taken back.
 *
 * @param reason the stable code
 * @param reasonClass where the reason lies
 * @param detail what failed and why; no secret
 * @param retryable whether the same request may be sent again
 * @param retryAfter how long to wait before that, see {@link RetryAfter}; absent if it may not be sent again
 * @param replaceHost whether the host should be replaced rather than used again
 * @param residue what could not be taken back, empty if nothing is left
 * @param hostLog the last redacted lines of the host's own log, for host faults
 * @param phases when each phase was reached, in order
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
        List<PhaseTime> phases)
        implements LifecycleEvent.Outcome {
    public JoinFailed {
        residue = List.copyOf(residue);
        hostLog = List.copyOf(hostLog);
        phases = List.copyOf(phases);
    }

    /** What a person does about the reason. Derived from it, so not read. */
    @JsonProperty(access = JsonProperty.Access.READ_ONLY)
    public String remedy() {
        return reason.remedy();
    }
}
