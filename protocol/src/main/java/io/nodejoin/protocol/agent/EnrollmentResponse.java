package io.nodejoin.protocol.agent;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Duration;
import java.time.Instant;

/** What the gateway answers an enrollment. The same secret and key get the same answer again. */
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
     */
    record Enrolled(String certificateChain, Instant expiresAt) implements EnrollmentResponse {}

    /** Status 202: no join of that name is known yet; ask again after this time. An unknown name gets the same answer. */
    record Pending(Duration retryAfter) implements EnrollmentResponse {}
}
