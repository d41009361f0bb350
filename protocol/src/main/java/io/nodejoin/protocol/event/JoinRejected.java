package io.nodejoin.protocol.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.nodejoin.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * A request was not admitted; nothing was done for it. Its record lies on the dead-letter topic, byte for byte.
 *
 * @param cluster the request's cluster as far as it could be read
 * @param nodeName the request's node name as far as it could be read, valid or not
 * @param requestId the CloudEvents id of the request, if it had one
 * @param reason the stable code
 * @param field JSON Pointer of the offending member, if it is one member
 * @param detail which rule was broken
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JoinRejected(
        @Nullable String cluster,
        @Nullable String nodeName,
        @Nullable String requestId,
        ErrorCode reason,
        @Nullable String field,
        String detail)
        implements LifecycleEvent.Outcome {

    /** What a person does about the reason. Derived from it, so not read. */
    @JsonProperty(access = JsonProperty.Access.READ_ONLY)
    public String remedy() {
        return reason.remedy();
    }
}
