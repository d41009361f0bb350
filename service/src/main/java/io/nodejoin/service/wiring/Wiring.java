package io.nodejoin.service.wiring;

import io.nodejoin.activities.ClusterBulkhead;
import io.nodejoin.activities.FailureBoundary;
import io.nodejoin.activities.HeartbeatInterceptor;
import io.nodejoin.activities.JoinLogContext;
import io.nodejoin.activities.audit.FileAuditLog;
import io.nodejoin.client.config.ConfigException;
import io.nodejoin.client.config.Role;
import io.nodejoin.client.kafka.KafkaPermissions;
import io.nodejoin.client.kafka.KafkaProbe;
import io.nodejoin.dashboard.access.Access;
import io.nodejoin.dashboard.access.SignIn;
import io.nodejoin.service.access.DashboardAccess;
import io.nodejoin.service.config.ServiceConfig;
import io.nodejoin.service.health.AdminServer;
import io.nodejoin.service.health.AdmissionLimits;
import io.nodejoin.service.health.Readiness;
import io.nodejoin.service.health.SignInProbe;
import io.nodejoin.service.metrics.CountingAuditLog;
import io.nodejoin.service.worker.Workers;
import io.temporal.common.interceptors.WorkerInterceptor;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/** Constructs a process of the service from its roles. Nothing starts before {@link #lifecycle()} is started. */
public final class Wiring {
    private static final int SCHEDULER_THREADS = 4;
    /** The first heartbeat of an activity blocks until Temporal responds. */
    private static final int HEARTBEAT_THREADS = 16;

    private static final Duration ADMIN_CLOSE_TIMEOUT = Duration.ofSeconds(3);

    private final ServiceConfig config;
    private final Connections connections;
    private final ScheduledThreadPoolExecutor scheduler = scheduler();
    private final HeartbeatInterceptor heartbeats = heartbeats();
    private final @Nullable Admin kafkaAdmin;
    private final @Nullable ClusterAccess clusters;
    private final @Nullable GatewayRole gateway;
    private final List<RoleParts> roles;
    private final Workers workers;
    private final Readiness readiness;
    private final @Nullable DashboardParts dashboard;
    private final AdminServer admin;

    public Wiring(ServiceConfig config, Clock clock, Connections connections, List<WorkerInterceptor> interceptors)
            throws ConfigException {
        this.config = config;
        this.connections = connections;
        String instance = config.gateway().instance();
        FileAuditLog auditFile = new FileAuditLog(config.audit().file(), "nodejoin-" + instance, clock);
        ProcessContext process = new ProcessContext(
                config,
                connections,
                new CountingAuditLog(auditFile, connections.meters()),
                clock,
                System::nanoTime,
                scheduler);
        this.kafkaAdmin = config.reachesKafka() ? connections.kafka().admin() : null;
        this.clusters = config.reachesClusters() ? ClusterAccess.of(process) : null;
        ApproverRole approver = config.has(Role.APPROVER) ? new ApproverRole(process, reached()) : null;
        WorkerRole worker = config.has(Role.WORKER) ? new WorkerRole(process, reached()) : null;
        this.gateway = config.has(Role.GATEWAY) ? new GatewayRole(process) : null;
        IntakeRole intake = config.has(Role.INTAKE) ? new IntakeRole(process, gateway) : null;
        this.roles = Stream.<@Nullable RoleParts>of(approver, worker, gateway, intake)
                .filter(Objects::nonNull)
                .toList();
        this.workers = new Workers(
                connections.temporal(),
                roles.stream().flatMap(role -> role.queues().stream()).toList(),
                gateway == null ? null : instance,
                interceptors(interceptors),
                scheduler);
        Access access = intake == null ? null : DashboardAccess.of(config, clock);
        SignIn signIn = access instanceof Access.OpenId(SignIn openId, var _) ? openId : null;
        this.readiness = new Readiness(probes(auditFile, signIn), System::nanoTime, scheduler);
        readiness.register(connections.meters());
        this.dashboard = intake == null || access == null
                ? null
                : new DashboardParts(
                        process,
                        access,
                        intake.deadLetters(),
                        new ServiceParts(
                                readiness,
                                new AdmissionLimits(
                                        connections.meters(),
                                        readiness::dependencies,
                                        clusters == null ? null : clusters.throttling()),
                                worker == null ? Map::of : worker::orphanAges));
        this.admin = new AdminServer(
                config.http(),
                // Browsers come back from an issuer under this name.
                signIn == null
                        ? List.of()
                        : List.of(signIn.settings().externalUrl().getHost()),
                readiness,
                connections.meters(),
                dashboard == null ? null : dashboard.handler(),
                scheduler);
    }

    private ClusterAccess reached() {
        return Objects.requireNonNull(clusters, "worker and approver reach clusters");
    }

    /**
     * Returns all components in the order of their start; they stop in reverse: readiness, intake, gateway, workers,
     * clients.
     */
    public Lifecycle lifecycle() {
        List<Lifecycle.Part> parts = new ArrayList<>();
        parts.add(Lifecycle.Part.stopping("clients", connections::close));
        if (kafkaAdmin != null) {
            parts.add(Lifecycle.Part.stopping("Kafka's admin client", () -> kafkaAdmin.close(ADMIN_CLOSE_TIMEOUT)));
        }
        parts.add(Lifecycle.Part.stopping("timers", this::closeTimers));
        if (clusters != null) {
            parts.addAll(List.of(clusters.clientsPart(), clusters.watchesPart()));
        }
        roles.forEach(role -> parts.addAll(role.background()));
        if (dashboard != null) {
            parts.add(new Lifecycle.Part("dashboard", dashboard::start, dashboard::stop));
        }
        parts.add(Lifecycle.Part.listening("http.listen", config.http().listen(), admin::start, admin::stop));
        parts.add(new Lifecycle.Part("workers", workers::start, workers::stop));
        roles.forEach(role -> parts.addAll(role.entrances()));
        if (clusters != null) {
            parts.add(clusters.gaugesPart());
        }
        parts.add(new Lifecycle.Part("readiness", readiness::start, readiness::stop));
        return new Lifecycle(parts);
    }

    /** Returns the port of liveness, readiness and metrics, once started. */
    public int adminPort() {
        return admin.port();
    }

    /** Returns the port of the gateway, once started; empty if this process is none. */
    public OptionalInt gatewayPort() {
        return gateway == null
                ? OptionalInt.empty()
                : OptionalInt.of(gateway.gateway().port());
    }

    private Map<String, Readiness.Probe> probes(FileAuditLog audit, @Nullable SignIn signIn) {
        Map<String, Readiness.Probe> probes = new LinkedHashMap<>();
        if (kafkaAdmin != null) {
            probes.put(
                    "kafka",
                    new KafkaProbe(kafkaAdmin, KafkaPermissions.of(config.kafka(), config.roles()))::notReadyReason);
        }
        probes.put("temporal", workers::notReadyReason);
        probes.put("audit log", audit::notReadyReason);
        roles.forEach(role -> probes.putAll(role.probes()));
        if (signIn != null) {
            probes.put("sign-in", new SignInProbe(signIn, System::nanoTime));
        }
        return probes;
    }

    /** The last one is the outermost. */
    private List<WorkerInterceptor> interceptors(List<WorkerInterceptor> effects) {
        List<WorkerInterceptor> all = new ArrayList<>();
        all.add(new ClusterBulkhead(Workers.MAX_WORKFLOW_TASKS, System::nanoTime));
        all.add(new FailureBoundary(() -> Instant.EPOCH.plusNanos(System.nanoTime())));
        all.addAll(effects);
        all.add(heartbeats);
        all.add(new JoinLogContext());
        all.addAll(connections.tracing().workers());
        return all;
    }

    private static HeartbeatInterceptor heartbeats() {
        return new HeartbeatInterceptor(
                Executors.newScheduledThreadPool(
                        HEARTBEAT_THREADS,
                        Thread.ofPlatform().daemon().name("heartbeats-", 0).factory()),
                System::nanoTime);
    }

    /** A timer, and what is short: several threads, since one may wait for a disk. */
    private static ScheduledThreadPoolExecutor scheduler() {
        ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(
                SCHEDULER_THREADS, Thread.ofVirtual().name("scheduler-", 0).factory());
        scheduler.setRemoveOnCancelPolicy(true);
        return scheduler;
    }

    private void closeTimers() {
        heartbeats.close();
        scheduler.shutdownNow();
    }
}
