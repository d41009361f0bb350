package io.nodejoin.testbed.simulated;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A kubelet as the API server sees it: certificate request with the bootstrap credential unless it has a certificate, Node,
 * Lease and Ready heartbeats as the node itself. It runs no pods and listens nowhere. Starting a running one and stopping a
 * stopped one change nothing.
 */
public final class SimulatedKubelet implements AutoCloseable {
    /** Longer than a join waits for a Node to be Ready right after it has registered. */
    private static final Duration LATE = Duration.ofSeconds(4);

    private final HostIdentity host;
    private final KubeletFiles files;
    private final Duration heartbeat;
    private final LongAdder calls;
    private final boolean broken;
    private final Duration readyAfter;
    private boolean hangsOnce;
    private @Nullable Thread thread;
    private @Nullable SimulatedKubeletProcess run;

    /**
     * @param heartbeat the interval of its heartbeats
     * @param fault a kubelet that cannot start exits immediately, as with an invalid setting
     */
    public SimulatedKubelet(HostIdentity host, KubeletFiles files, Duration heartbeat, SimulatedHost.Fault fault) {
        this(host, files, heartbeat, fault, new LongAdder());
    }

    /** @param calls counts its requests to the API server */
    SimulatedKubelet(
            HostIdentity host, KubeletFiles files, Duration heartbeat, SimulatedHost.Fault fault, LongAdder calls) {
        this.host = host;
        this.files = files;
        this.heartbeat = heartbeat;
        this.calls = calls;
        this.readyAfter = fault == SimulatedHost.Fault.KUBELET_READY_LATE ? LATE : Duration.ZERO;
        this.broken = fault == SimulatedHost.Fault.KUBELET_CANNOT_START;
        this.hangsOnce = fault == SimulatedHost.Fault.KUBELET_HANGS_ONCE;
    }

    /** Starts the kubelet in the background. A broken one exits immediately and is not active. */
    public synchronized void start() {
        if (broken || isActive()) {
            return;
        }
        thread = Thread.ofVirtual()
                .name("kubelet-" + host.node())
                .start(hangsOnce ? SimulatedKubelet::hang : newProcess());
        hangsOnce = false;
    }

    private SimulatedKubeletProcess newProcess() {
        SimulatedKubeletProcess next =
                new SimulatedKubeletProcess(host, files, heartbeat, readyAfter, Clock.systemUTC(), calls);
        run = next;
        return next;
    }

    /** Until it is stopped. */
    private static void hang() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops the kubelet and waits for its end. */
    public synchronized void stop() {
        if (run != null) {
            run.stop();
            run = null;
        }
        if (thread != null) {
            thread.interrupt();
            try {
                thread.join(Duration.ofSeconds(5));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            thread = null;
        }
    }

    /** Returns whether the kubelet's process runs. */
    public synchronized boolean isActive() {
        return thread != null && thread.isAlive();
    }

    @Override
    public void close() {
        stop();
    }
}
