package io.nodejoin.agent.kubelet;

import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.HostNetwork;
import io.nodejoin.agent.host.Sleeper;
import io.nodejoin.protocol.ErrorCode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;

/** Checks that a started kubelet rejects anonymous requests. One instance per start. */
public final class AnonymousAccessCheck {
    private static final int READ_ONLY_PORT = 10255;
    private static final int UNAUTHORIZED = 401;

    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(500);

    private final HostNetwork network;
    private final Clock clock;
    private final Sleeper sleeper;
    private boolean rejected;

    AnonymousAccessCheck(HostNetwork network, Clock clock, Sleeper sleeper) {
        this.network = network;
        this.clock = clock;
        this.sleeper = sleeper;
    }

    /**
     * Sends anonymous requests to the kubelet's ports, once.
     *
     * @throws HostException with {@code KUBELET_INSECURE} if one of them is served
     */
    public void probe() {
        if (rejected) {
            return;
        }
        OptionalInt status = network.kubeletAnonymousStatus();
        if (status.isPresent() && status.getAsInt() != UNAUTHORIZED) {
            throw insecure("the kubelet responds to an anonymous request with " + status.getAsInt() + " instead of "
                    + UNAUTHORIZED);
        }
        if (network.isListening(READ_ONLY_PORT)) {
            throw insecure("the kubelet's read-only port " + READ_ONLY_PORT + " is open");
        }
        rejected = status.isPresent();
    }

    /**
     * Repeats the requests until the kubelet responds: a kubelet that waits for its serving certificate does not.
     *
     * @throws HostException with {@code KUBELET_NOT_STARTED} if it does not respond within a minute
     */
    public void awaitRejection() throws InterruptedException {
        Instant end = clock.instant().plus(TIMEOUT);
        probe();
        while (!rejected) {
            if (clock.instant().isAfter(end)) {
                throw new HostException(
                        ErrorCode.KUBELET_NOT_STARTED, "the kubelet does not respond on its port 10250");
            }
            sleeper.sleep(POLL_INTERVAL);
            probe();
        }
    }

    private static HostException insecure(String what) {
        return new HostException(ErrorCode.KUBELET_INSECURE, what);
    }
}
