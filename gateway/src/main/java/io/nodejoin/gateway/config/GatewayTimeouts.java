package io.nodejoin.gateway.config;

import io.nodejoin.protocol.agent.PollRequest;
import java.time.Duration;

/**
 * How long the gateway waits for what; all positive.
 *
 * @param poll how long a poll is parked before it is answered with 204
 * @param enrollmentWait how long an enrollment is parked while no join of its name runs, before it is answered with 202
 * @param enrollmentRetry how often the workflow is asked again meanwhile, without a local hint
 * @param certificateLife of an agent's client certificate, beside the five minutes by which it is backdated
 * @param duplicateWindow how long an agent may take to show that it lives, when a second one appears under its identity
 * @param fetchTimeout how long a command waits for an agent to fetch and acknowledge it
 * @param reloadInterval how often the files of certificates and keys are looked at; new contents count from the second look on
 * @param livenessTimeout how long an agent may say nothing while it runs a command; longer than a poll, as it polls meanwhile
 */
public record GatewayTimeouts(
        Duration poll,
        Duration enrollmentWait,
        Duration enrollmentRetry,
        Duration certificateLife,
        Duration duplicateWindow,
        Duration fetchTimeout,
        Duration reloadInterval,
        Duration livenessTimeout) {

    public GatewayTimeouts {
        requirePositive("poll", poll);
        requirePositive("enrollmentWait", enrollmentWait);
        requirePositive("enrollmentRetry", enrollmentRetry);
        requirePositive("certificateLife", certificateLife);
        requirePositive("duplicateWindow", duplicateWindow);
        requirePositive("absence", fetchTimeout);
        requirePositive("reread", reloadInterval);
        requirePositive("silence", livenessTimeout);
        if (livenessTimeout.compareTo(poll) <= 0) {
            throw new IllegalArgumentException(
                    "gateway.silence is " + livenessTimeout + "; it must be longer than gateway.poll, " + poll);
        }
    }

    /** What fits the join's own limits: a poll below the idle time of common proxies, an hour's certificate. */
    public static GatewayTimeouts defaults() {
        return new GatewayTimeouts(
                PollRequest.MAX_POLL_DURATION,
                Duration.ofSeconds(20),
                Duration.ofSeconds(2),
                Duration.ofMinutes(60),
                Duration.ofSeconds(3),
                Duration.ofSeconds(15),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30));
    }

    private static void requirePositive(String name, Duration value) {
        if (!value.isPositive()) {
            throw new IllegalArgumentException("gateway." + name + " is " + value + "; it must be longer than nothing");
        }
    }
}
