package io.nodejoin.protocol.agent;

import java.time.Duration;
import java.util.UUID;

/**
 * {@code POST /v1/assignments/next}, a long poll: 200 with an {@link Assignment}, or 204 if there was none in time. An
 * assignment is handed out again until its first progress or result arrives.
 *
 * @param instance made anew by each agent process, so that a copied key is noticed
 * @param version the agent's version
 */
public record PollRequest(UUID instance, String version) {
    /**
     * Names the {@link #instance} that reports progress or a result. Without it nobody can tell whether the report comes from the
     * process whose poll is parked, or from one that has taken its place.
     */
    public static final String INSTANCE_HEADER = "Nodejoin-Agent-Instance";

    /** By then a gateway has answered; whoever still waits, waits on a connection that is dead. */
    public static final Duration MAX_POLL_DURATION = Duration.ofSeconds(25);
}
