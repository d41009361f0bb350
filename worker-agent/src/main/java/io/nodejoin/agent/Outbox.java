package io.nodejoin.agent;

import io.nodejoin.agent.gateway.GatewayClient;
import io.nodejoin.agent.gateway.GatewayResponse;
import io.nodejoin.agent.host.Backoff;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.ProgressReport;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;

/**
 * Delivers progress and results in order, each until the gateway has accepted or rejected it. Commands do not wait for
 * delivery.
 */
final class Outbox {
    private static final Logger LOG = System.getLogger(Outbox.class.getName());

    private final GatewayClient gateway;
    private final Backoff backoff;
    private final WakeSignal wakeSignal;
    private final BlockingDeque<PendingReport> pending = new LinkedBlockingDeque<>();

    /** @param wakeSignal waited for when the gateway is unavailable */
    Outbox(GatewayClient gateway, Backoff backoff, WakeSignal wakeSignal) {
        this.gateway = gateway;
        this.backoff = backoff;
        this.wakeSignal = wakeSignal;
    }

    void add(String assignment, ProgressReport progress) {
        pending.add(new PendingReport(assignment, () -> gateway.reportProgress(assignment, progress)));
    }

    void add(String assignment, HostResult result) {
        pending.add(new PendingReport(assignment, () -> gateway.reportResult(assignment, result)));
    }

    /** Returns whether a report of this assignment is queued. */
    boolean hasPending(String assignment) {
        return pending.stream().anyMatch(report -> report.assignment().equals(assignment));
    }

    /** Sends the next report; backs off if the gateway is unavailable, and keeps the report as the next one. */
    void deliver() throws InterruptedException {
        PendingReport report = pending.takeFirst();
        if (isDelivered(report)) {
            backoff.reset();
        } else {
            pending.putFirst(report);
            wakeSignal.await(backoff.nextDelay());
        }
    }

    /** Call it when the gateway has responded: retries the next report immediately. */
    void onGatewayReachable() {
        backoff.reset();
        wakeSignal.wake();
    }

    private static boolean isDelivered(PendingReport report) throws InterruptedException {
        return switch (report.delivery().deliver()) {
            case GatewayResponse.Unavailable(ErrorCode code, String detail) -> {
                LOG.log(Level.WARNING, "assignment {0}: {1}: {2}", report.assignment(), code, detail);
                yield false;
            }
            case GatewayResponse.NoJoinYet _ -> false;
            case GatewayResponse.Rejected(ErrorCode code, String detail) -> {
                LOG.log(Level.WARNING, "assignment {0}: refused: {1}: {2}", report.assignment(), code, detail);
                yield true;
            }
            case GatewayResponse.Accepted _,
                    GatewayResponse.Assigned _,
                    GatewayResponse.Joined _,
                    GatewayResponse.Unreadable _ -> true;
        };
    }

    private record PendingReport(String assignment, DeliveryAttempt delivery) {}

    private interface DeliveryAttempt {
        GatewayResponse deliver() throws InterruptedException;
    }
}
