package io.nodejoin.protocol.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.nodejoin.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * A request was not admitted and had no effect. Its record is on the dead-letter topic, byte for byte, except that of a
 * cancel that found nothing to abort.
 *
 * @param cluster the request's cluster, as far as it could be parsed
 * @param nodeName the request's node name, as far as it could be parsed, valid or not
 * @param requestId the CloudEvents id of the request, if it had one
 * @param reason the stable code
 * @param field JSON Pointer of the invalid member, if the reason is a single member
 * @param detail the violated rule
 * @param pool the request's pool, as far as it could be parsed, valid or not
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JoinRejected(
        @Nullable String cluster,
        @Nullable String nodeName,
        @Nullable String requestId,
        ErrorCode reason,
        @Nullable String field,
        String detail,
        @Nullable String pool)
        implements LifecycleEvent.Outcome {

    /** Returns the CloudEvents id of the event that rejects this record: it proves which record it answers. */
    public static String eventId(String topic, int partition, long offset) {
        return "%s/%d/%d/rejected".formatted(topic, partition, offset);
    }

    /** Returns what an operator does about the reason. Derived from the reason, so not parsed. */
    @JsonProperty(access = JsonProperty.Access.READ_ONLY)
    public String remedy() {
        return reason.remedy();
    }
}
