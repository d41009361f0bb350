package io.nodejoin.protocol.agent;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The gateway's response to an enrollment. The same secret and key get the same response. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "status")
@JsonSubTypes({
    @JsonSubTypes.Type(name = "Enrolled", value = EnrollmentResponse.Enrolled.class),
    @JsonSubTypes.Type(name = "Pending", value = EnrollmentResponse.Pending.class)
})
public sealed interface EnrollmentResponse {

    /**
     * Status 200: the key is bound to the join.
     *
     * @param certificateChain PEM, the agent's client certificate first, then the agent CA
     * @param assignment the join's first command; absent if there is none yet, and the agent polls
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Enrolled(
            String certificateChain,
            Instant expiresAt,
            @Nullable Assignment assignment) implements EnrollmentResponse {}

    /**
     * Status 202: the gateway knows no join of that name yet; the agent enrolls again after this time. An unknown name
     * gets the same response.
     */
    record Pending(Duration retryAfter) implements EnrollmentResponse {}
}
