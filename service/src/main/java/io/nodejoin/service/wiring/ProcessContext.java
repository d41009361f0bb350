package io.nodejoin.service.wiring;

import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.gateway.enrollment.EnrollmentHandover;
import io.nodejoin.gateway.temporal.CallDeadline;
import io.nodejoin.service.config.ServiceConfig;
import io.nodejoin.service.intake.TemporalJoinStarter;
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

    /** Creates a starter of joins. */
    TemporalJoinStarter joinStarter(EnrollmentHandover enrollments) {
        return new TemporalJoinStarter(
                connections.temporal().failFastClient(),
                connections.temporal().workerClient(),
                new CallDeadline(START_TIMEOUT, scheduler),
                enrollments);
    }

    void count(String counter, String tag, String value) {
        connections.meters().counter(counter, tag, value).increment();
    }
}
