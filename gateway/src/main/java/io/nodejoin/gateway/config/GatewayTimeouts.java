package io.nodejoin.gateway.config;

import io.nodejoin.protocol.agent.PollRequest;
import java.time.Duration;

/**
 * Timeouts of the gateway; all positive.
 *
 * @param poll duration of a long poll until the response 204
 * @param enrollmentWait how long an enrollment waits for a join of its node to start, and the announcement of a machine for
 *     a join that takes it, until the response 202
 * @param enrollmentRetry interval in which Temporal is asked about the join of a waiting enrollment without a trigger
 * @param firstCommand how long the response to an enrollment waits for the join's first command; with the wait for the
 *     join it stays within {@link PollRequest#MAX_POLL_DURATION}
 * @param certificateLife validity of an agent's client certificate, in addition to the five minutes by which it is
 *     backdated
 * @param duplicateWindow how long a connected agent has to prove that it is alive when a second one uses its identity
 * @param fetchTimeout how long a command waits for an agent to fetch and acknowledge it
 * @param reloadInterval interval in which the certificate and key files are read; changed contents are activated at the
 *     second read
 * @param livenessTimeout how long an agent may be silent while it executes a command; longer than a poll, since it
 *     polls meanwhile
 */
public record GatewayTimeouts(
        Duration poll,
        Duration enrollmentWait,
        Duration enrollmentRetry,
        Duration firstCommand,
        Duration certificateLife,
        Duration duplicateWindow,
        Duration fetchTimeout,
        Duration reloadInterval,
        Duration livenessTimeout) {

    /** The defaults: a poll shorter than the idle timeout of common proxies, and certificates valid for an hour. */
    public static GatewayTimeouts defaults() {
        return new GatewayTimeouts(
                PollRequest.MAX_POLL_DURATION,
                Duration.ofSeconds(20),
                Duration.ofSeconds(60),
                Duration.ofSeconds(3),
                Duration.ofMinutes(60),
                Duration.ofSeconds(3),
                Duration.ofSeconds(15),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30));
    }
}
