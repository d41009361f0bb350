package io.nodejoin.protocol.agent;

import java.time.Duration;
import java.util.UUID;

/**
 * {@code POST /v1/assignments/next}, a long poll: 200 with an {@link Assignment}, or 204 if there was none in time. The
 * gateway delivers an assignment again until its first progress or result arrives.
 *
 * @param instance random id of the agent process, by which the gateway detects a copied key
 * @param version the agent's version
 */
public record PollRequest(UUID instance, String version) {
    /**
     * Names the {@link #instance} that reports progress or a result, or enrolls. Without it the gateway could not tell the
     * process whose poll is pending from one that has replaced it, and an enrollment gets no command.
     */
    public static final String INSTANCE_HEADER = "Nodejoin-Agent-Instance";

    /** The gateway responds within this time; a client that waits longer has a dead connection. */
    public static final Duration MAX_POLL_DURATION = Duration.ofSeconds(25);
}
