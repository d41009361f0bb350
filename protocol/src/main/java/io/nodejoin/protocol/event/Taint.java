package io.nodejoin.protocol.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/** A taint that the node shall carry, as in {@code core/v1 Taint}. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Taint(String key, @Nullable String value, Effect effect) {
    /** What the taint does to pods that do not tolerate it. */
    public enum Effect {
        NoSchedule,
        PreferNoSchedule,
        NoExecute
    }
}
