package io.nodejoin.service.wiring;

import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.gateway.enrollment.EnrollmentHandover;
import io.nodejoin.gateway.temporal.CallDeadline;
import io.nodejoin.service.config.ServiceConfig;
import io.nodejoin.service.intake.MachineOffers;
import io.nodejoin.service.intake.TemporalJoinStarter;
import io.nodejoin.service.intake.TemporalMachineOffers;
import io.temporal.client.WorkflowClient;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;

/**
 * What the roles of one process share.
 *
 * @param nanoTime a monotonic clock, as {@link System#nanoTime()}
 * @param scheduler a timer, and what is short
 */
record ProcessContext(
        ServiceConfig config,
        Connections connections,
        AuditLog audit,
        Clock clock,
        LongSupplier nanoTime,
        ScheduledExecutorService scheduler) {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(3);

    /**
     * Creates a starter of joins. Workers with a version start no join themselves: Temporal would give them the first task of a join
     * that belongs to the current version, and the join would stay with theirs.
     */
    TemporalJoinStarter joinStarter(EnrollmentHandover enrollments) {
        WorkflowClient failFast = connections.temporal().failFastClient();
        return new TemporalJoinStarter(
                failFast,
                config.temporal().deployment() == null ? connections.temporal().workerClient() : failFast,
                new CallDeadline(START_TIMEOUT, scheduler),
                enrollments);
    }

    /** Creates what tells pools of machines. */
    MachineOffers machineOffers() {
        return new TemporalMachineOffers(
                connections.temporal().failFastClient(), new CallDeadline(START_TIMEOUT, scheduler));
    }

    void count(String counter, String tag, String value) {
        connections.meters().counter(counter, tag, value).increment();
    }
}
