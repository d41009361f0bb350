package io.nodejoin.agent.kubelet;

import io.nodejoin.agent.host.HostFailure;
import io.nodejoin.agent.host.HostNetwork;
import io.nodejoin.agent.host.Pause;
import io.nodejoin.protocol.ErrorCode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;

/** Whether a kubelet that has been started keeps strangers out. For one start. */
public final class KubeletAccess {
    private static final int READ_ONLY_PORT = 10255;
    private static final int UNAUTHORIZED = 401;

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(500);

    private final HostNetwork network;
    private final Clock clock;
    private final Pause pause;
    private boolean proven;

    KubeletAccess(HostNetwork network, Clock clock, Pause pause) {
        this.network = network;
        this.clock = clock;
        this.pause = pause;
    }

    /**
     * Tries the kubelet's ports as a stranger, unless that has been done.
     *
     * @throws HostFailure with {@code KUBELET_INSECURE} if one of them answers
     */
    public void tryAsStranger() {
        if (proven) {
            return;
        }
        OptionalInt status = network.kubeletAnswersStranger();
        if (status.isPresent() && status.getAsInt() != UNAUTHORIZED) {
            throw insecure("the kubelet answers a stranger with " + status.getAsInt() + " instead of " + UNAUTHORIZED);
        }
        if (network.listens(READ_ONLY_PORT)) {
            throw insecure("the kubelet's read-only port " + READ_ONLY_PORT + " is open");
        }
        proven = status.isPresent();
    }

    /**
     * Tries until the kubelet has answered: one that waits for its serving certificate does not answer before.
     *
     * @throws HostFailure with {@code KUBELET_NOT_STARTED} if it does not answer within a minute
     */
    public void awaitProof() throws InterruptedException {
        Instant end = clock.instant().plus(PATIENCE);
        tryAsStranger();
        while (!proven) {
            if (clock.instant().isAfter(end)) {
                throw new HostFailure(ErrorCode.KUBELET_NOT_STARTED, "the kubelet does not answer on its port 10250");
            }
            pause.await(POLL);
            tryAsStranger();
        }
    }

    private static HostFailure insecure(String what) {
        return new HostFailure(ErrorCode.KUBELET_INSECURE, what);
    }
}
