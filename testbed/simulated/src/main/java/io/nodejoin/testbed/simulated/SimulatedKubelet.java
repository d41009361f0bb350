package io.nodejoin.testbed.simulated;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A kubelet as the API server sees it: certificate request with the bootstrap credential unless it has a certificate, Node,
 * Lease and Ready heartbeats as the node itself, and a healthz. It runs no pods. Starting a running one and stopping a
 * stopped one change nothing.
 */
public final class SimulatedKubelet implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SimulatedKubelet.class);

    private final HostIdentity host;
    private final KubeletFiles files;
    private final Duration heartbeat;
    private final boolean broken;
    private boolean hangsOnce;
    private @Nullable Thread thread;
    private @Nullable SimulatedKubeletProcess run;
    private @Nullable HttpServer healthz;

    /** @param fault a kubelet that cannot start exits immediately, as with an invalid setting */
    public SimulatedKubelet(HostIdentity host, KubeletFiles files, Duration heartbeat, SimulatedHost.Fault fault) {
        this.host = host;
        this.files = files;
        this.heartbeat = heartbeat;
        this.broken = fault == SimulatedHost.Fault.KUBELET_CANNOT_START;
        this.hangsOnce = fault == SimulatedHost.Fault.KUBELET_HANGS_ONCE;
    }

    /** Starts the kubelet in the background. A broken one exits immediately and is not active. */
    public synchronized void start() {
        if (broken || isActive()) {
            return;
        }
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/healthz", exchange -> {
                byte[] ok = "ok".getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, ok.length);
                exchange.getResponseBody().write(ok);
                exchange.close();
            });
            server.start();
            healthz = server;
        } catch (IOException e) {
            LOG.warn("simulated kubelet cannot listen", e);
            return;
        }
        thread = Thread.ofVirtual()
                .name("kubelet-" + host.node())
                .start(hangsOnce ? SimulatedKubelet::hang : newProcess());
        hangsOnce = false;
    }

    private SimulatedKubeletProcess newProcess() {
        SimulatedKubeletProcess next = new SimulatedKubeletProcess(host, files, heartbeat, Clock.systemUTC());
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
        if (healthz != null) {
            healthz.stop(0);
            healthz = null;
        }
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

    /** Returns the healthz URL; nothing listens there while it is not active. */
    public synchronized URI healthz() {
        int port = healthz == null ? 1 : healthz.getAddress().getPort();
        return URI.create("http://127.0.0.1:" + port + "/healthz");
    }

    @Override
    public void close() {
        stop();
    }
}
