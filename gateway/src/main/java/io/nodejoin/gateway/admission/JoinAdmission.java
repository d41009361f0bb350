package io.nodejoin.gateway.admission;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.nodejoin.gateway.config.AdmissionSettings;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.workflows.node.NodeRef;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Lets only so many joins of a cluster be under way through this replica. The others wait where waiting costs nothing: their
 * workflows for the agent, their agents for an answer. Name only nodes that a request or a running join has named, since
 * each cluster has a window and metrics. Thread-safe.
 */
public final class JoinAdmission {
    private final AdmissionSettings settings;
    private final LongSupplier nanoTime;
    private final MeterRegistry registry;
    private final Map<ClusterName, AdmissionWindow> windows = new ConcurrentHashMap<>();

    /** @param nanoTime a monotonic clock, as {@link System#nanoTime()} */
    public JoinAdmission(AdmissionSettings settings, LongSupplier nanoTime, MeterRegistry registry) {
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.registry = registry;
    }

    /** A command that runs. */
    public final class Command {
        private final NodeRef node;
        private final ActiveJoin join;

        private Command(NodeRef node) {
            this.node = node;
            this.join = window(node).commandArrived(node);
        }

        /** The agent runs it. A second call has no effect. */
        public void runs() {
            window(node).commandRuns(join);
        }

        /** It ended with this result; null if without one, and the join may send it again. */
        public void ended(@Nullable HostResult result) {
            if (result == null) {
                window(node).commandLost(node, join);
                return;
            }
            switch (result) {
                case HostResult.HostFailed failed ->
                    window(node).failed(node, failed.problem().code());
                case HostResult.HostReset _ -> window(node).takenBack(node);
                default -> {}
            }
            window(node).commandEnded(node, join, isLast(result));
        }
    }

    /**
     * Waits for the node's turn.
     *
     * @param wake is called when the turn is admitted, perhaps before this method returns; must not block
     */
    public Turn enter(AdmissionRequest request, Runnable wake) {
        return settings.isLimited() ? window(request.node()).enter(request, wake) : Turn.unlimited(request);
    }

    /**
     * Admits a join that starts with its agent's proof. Returns false if it has to wait; it starts without the proof then.
     * What is not {@link #bound} soon is given back.
     */
    public boolean tryAdmit(AdmissionRequest request) {
        return !settings.isLimited() || window(request.node()).tryAdmit(request);
    }

    /** The join has started with the proof. */
    public void bound(NodeRef node) {
        if (settings.isLimited()) {
            window(node).bound(node);
        }
    }

    /**
     * A command for this node has come. Tell when it ends.
     *
     * @param failure why the join takes back what it did on the host; null if it does not, or was aborted
     */
    public Command commandArrived(NodeRef node, @Nullable ErrorCode failure) {
        Command command = new Command(node);
        if (failure != null) {
            window(node).failed(node, failure);
        }
        return command;
    }

    /** The node's join has succeeded: its pool works. */
    public void joined(NodeRef node) {
        find(node).ifPresent(window -> window.joined(node));
    }

    /**
     * Begins a pool anew that failures have stopped. Returns whether it was stopped through this replica; no effect if it was
     * not.
     */
    public boolean resume(ClusterName cluster, PoolName pool) {
        return Optional.ofNullable(windows.get(cluster))
                .filter(window -> window.resume(pool))
                .isPresent();
    }

    /** The kubelet of this node is active. */
    public void kubeletActive(NodeRef node) {
        find(node).ifPresent(window -> window.ended(node));
    }

    /** Drops what has taken too long. Call it each second. */
    public void removeExpired() {
        windows.values().forEach(AdmissionWindow::removeExpired);
    }

    /** Returns why this node's join waits for its turn, for people; empty if it does not. */
    public Optional<String> waitReason(NodeRef node) {
        return find(node).flatMap(window -> window.waitReason(node));
    }

    private static boolean isLast(HostResult result) {
        return switch (result) {
            case HostResult.KubeletBootstrapped _, HostResult.HostReset _, HostResult.HostFailed _ -> true;
            case HostResult.PreflightPassed _, HostResult.HostPrepared _, HostResult.Diagnostics _ -> false;
        };
    }

    private Optional<AdmissionWindow> find(NodeRef node) {
        return Optional.ofNullable(windows.get(node.cluster()));
    }

    private AdmissionWindow window(NodeRef node) {
        return windows.computeIfAbsent(node.cluster(), this::newWindow);
    }

    private AdmissionWindow newWindow(ClusterName cluster) {
        AdmissionWindow window = new AdmissionWindow(cluster, settings, nanoTime);
        if (settings.isLimited()) {
            gauge("nodejoin_admission_window", cluster, window, AdmissionWindow::limit);
            gauge("nodejoin_admission_active", cluster, window, AdmissionWindow::countActive);
            gauge("nodejoin_admission_waiting", cluster, window, AdmissionWindow::countWaiting);
            gauge("nodejoin_admission_broken", cluster, window, observed -> observed.isBroken() ? 1 : 0);
            gauge("nodejoin_admission_pools_stopped", cluster, window, AdmissionWindow::countStoppedPools);
        }
        return window;
    }

    private void gauge(
            String name, ClusterName cluster, AdmissionWindow window, ToDoubleFunction<AdmissionWindow> value) {
        Gauge.builder(name, window, value).tag("cluster", cluster.value()).register(registry);
    }
}
