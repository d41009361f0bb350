package io.nodejoin.protocol.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/** A taint of the node, as in {@code core/v1 Taint}. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Taint(String key, @Nullable String value, Effect effect) {
    /** The effect of the taint on pods that do not tolerate it. */
    public enum Effect {
        NoSchedule,
        PreferNoSchedule,
        NoExecute
    }
}
