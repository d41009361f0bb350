package io.nodejoin.service.wiring;

import io.nodejoin.activities.FailureBoundary;
import io.nodejoin.activities.HeartbeatInterceptor;
import io.nodejoin.activities.JoinLogContext;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.audit.FileAuditLog;
import io.nodejoin.activities.kubernetes.clusterinfo.ClusterPolicy;
import io.nodejoin.activities.kubernetes.clusterinfo.ClusterPreconditions;
import io.nodejoin.activities.kubernetes.csr.KubernetesServingActivities;
import io.nodejoin.activities.kubernetes.csr.ServingCsrWatcher;
import io.nodejoin.activities.kubernetes.node.RejoinEligibility;
import io.nodejoin.activities.kubernetes.nodeevent.NodeEventActivities;
import io.nodejoin.gateway.HostGateway;
import io.nodejoin.gateway.config.GatewayTimeouts;
import io.nodejoin.gateway.connection.ConnectionLimits;
import io.nodejoin.gateway.enrollment.EnrollmentHandover;
import io.nodejoin.gateway.temporal.CallDeadline;
import io.nodejoin.gateway.temporal.TemporalJoinWorkflows;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.Problem;
import io.nodejoin.service.collector.GarbageCollectors;
import io.nodejoin.service.config.ClusterConfig;
import io.nodejoin.service.config.ConfigException;
import io.nodejoin.service.config.KafkaConfig;
import io.nodejoin.service.config.ServiceConfig;
import io.nodejoin.service.health.AdminServer;
import io.nodejoin.service.health.ClusterProbe;
import io.nodejoin.service.health.KafkaProbe;
import io.nodejoin.service.health.Readiness;
import io.nodejoin.service.intake.EventIntake;
import io.nodejoin.service.intake.KafkaDeadLetters;
import io.nodejoin.service.intake.RecordProcessor;
import io.nodejoin.service.intake.RejoinStarter;
import io.nodejoin.service.intake.RequestKeys;
import io.nodejoin.service.intake.RequestReader;
import io.nodejoin.service.intake.TemporalJoinStarter;
import io.nodejoin.service.metrics.ClusterGauges;
import io.nodejoin.service.metrics.CountingAuditLog;
import io.nodejoin.service.metrics.CountingEventActivities;
import io.nodejoin.service.worker.ClusterAdapters;
import io.nodejoin.service.worker.TemporalClients;
import io.nodejoin.service.worker.Workers;
import io.temporal.common.interceptors.WorkerInterceptor;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Constructs the service. Nothing starts before {@link #lifecycle()} is started. */
public final class Wiring {
    private static final Duration GATEWAY_CALL_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration START_TIMEOUT = Duration.ofSeconds(3);
    private static final int SCHEDULER_THREADS = 4;
    /** The first heartbeat of an activity blocks until Temporal responds. */
    private static final int HEARTBEAT_THREADS = 16;

    private static final Duration SERVING_RETRY_DELAY = Duration.ofSeconds(10);

    private final ServiceConfig config;
    private final Connections connections;
    private final ClusterAdapters adapters;
    private final KubernetesServingActivities serving;
    private final ServingCsrWatcher servingCsrWatcher;
    private final GarbageCollectors garbageCollectors;
    private final ScheduledThreadPoolExecutor scheduler;
    private final HeartbeatInterceptor heartbeats;
    private final HostGateway gateway;
    private final Workers workers;
    private final EventIntake intake;
    private final ClusterPreconditions preconditions;
    private final NodeEventActivities nodeEvents;
    private final Readiness readiness;
    private final DashboardParts dashboard;
    private final ClusterGauges gauges;
    private final AdminServer admin;

    public Wiring(ServiceConfig config, Clock clock, Connections connections, List<WorkerInterceptor> interceptors)
            throws ConfigException {
        this.config = config;
        this.connections = connections;
        String instance = config.gateway().instance();
        FileAuditLog auditFile = new FileAuditLog(config.audit().file(), "nodejoin-" + instance, clock);
        AuditLog audit = new CountingAuditLog(auditFile, connections.meters());
        this.preconditions = new ClusterPreconditions(connections.clusters(), policies(config), System::nanoTime);
        this.adapters = ClusterAdapters.create(
                connections.clusters(),
                audit,
                preconditions,
                config::maxTokens,
                this::countForeignKey,
                this::recordTokenRejection);
        this.serving = new KubernetesServingActivities(connections.clusters(), audit, this::countServing);
        this.servingCsrWatcher = new ServingCsrWatcher(
                connections.clusters(), config.clusters().keySet(), audit, this::countServing, SERVING_RETRY_DELAY);
        this.nodeEvents = nodeEvents(instance);
        this.garbageCollectors = new GarbageCollectors(
                config.clusters().keySet(),
                adapters,
                connections.temporal().failFastClient(),
                nodeEvents,
                audit,
                connections.meters());
        this.scheduler = scheduler();
        this.heartbeats = heartbeats();
        this.gateway = new HostGateway(
                config.gateway(),
                GatewayTimeouts.defaults(),
                ConnectionLimits.defaults(),
                new TemporalJoinWorkflows(
                        connections.temporal().failFastClient(), new CallDeadline(GATEWAY_CALL_TIMEOUT, scheduler)),
                rejoinStarter(config, audit, clock),
                audit,
                clock,
                System::nanoTime,
                scheduler,
                connections.meters());
        this.workers = new Workers(
                connections.temporal(),
                instance,
                adapters.activities(serving, adapters.withOutbox(nodeEvents)),
                gateway.activities(),
                gateway::queries,
                interceptors(interceptors),
                scheduler);
        this.intake = new EventIntake(
                connections.consumers(),
                config.kafka().requestsTopic(),
                recordProcessor(config, clock),
                System::nanoTime,
                scheduler,
                connections.meters());
        this.readiness = readiness(clock, auditFile);
        this.gauges = clusterGauges();
        this.dashboard = new DashboardParts(
                config, connections, new ServiceParts(readiness, garbageCollectors), audit, clock, scheduler);
        this.admin = new AdminServer(config.http(), readiness, connections.meters(), dashboard.handler());
    }

    /**
     * Returns all components in the order of their start; they stop in reverse: readiness, intake, gateway, workers,
     * clients.
     */
    public Lifecycle lifecycle() {
        return new Lifecycle(List.of(
                Lifecycle.Part.stopping("clients", connections::closeClients),
                Lifecycle.Part.stopping("producers", connections::closeProducers),
                new Lifecycle.Part("dashboard", dashboard::start, dashboard::stop),
                Lifecycle.Part.listening("http.listen", config.http().listen(), admin::start, admin::stop),
                Lifecycle.Part.stopping("watches", this::closeWatches),
                new Lifecycle.Part("serving CSR watcher", servingCsrWatcher::start, servingCsrWatcher::stop),
                new Lifecycle.Part("garbage collectors", garbageCollectors::start, garbageCollectors::stop),
                new Lifecycle.Part("workers", workers::start, workers::stop),
                new Lifecycle.Part("warm-up", WarmUp::run, () -> {}),
                Lifecycle.Part.listening("gateway.listen", config.gateway().listen(), gateway::start, gateway::stop),
                new Lifecycle.Part("intake", intake::start, intake::stop),
                new Lifecycle.Part("cluster gauges", gauges::start, gauges::stop),
                new Lifecycle.Part("readiness", readiness::start, readiness::stop)));
    }

    /** Returns the port of liveness, readiness and metrics, once started. */
    public int adminPort() {
        return admin.port();
    }

    /** Returns the port of the gateway, once started. */
    public int gatewayPort() {
        return gateway.port();
    }

    private static HeartbeatInterceptor heartbeats() {
        return new HeartbeatInterceptor(
                Executors.newScheduledThreadPool(
                        HEARTBEAT_THREADS,
                        Thread.ofPlatform().daemon().name("heartbeats-", 0).factory()),
                System::nanoTime);
    }

    private RecordProcessor recordProcessor(ServiceConfig config, Clock clock) throws ConfigException {
        return new RecordProcessor(
                new RequestReader(
                        config.joinPolicies(),
                        RequestKeys.load(config.requestKeysFiles()),
                        config.join().deadline(),
                        clock),
                joinStarter(gateway.enrollmentHandover()),
                new KafkaDeadLetters(connections.deadLetters(), config.kafka(), clock),
                gateway::joinStarted,
                connections.meters(),
                connections.tracing().requests());
    }

    private RejoinStarter rejoinStarter(ServiceConfig config, AuditLog audit, Clock clock) {
        return new RejoinStarter(
                new RejoinEligibility(connections.clusters())::check,
                joinStarter(EnrollmentHandover.none()),
                config.joinPolicies(),
                config.join().deadline(),
                audit,
                clock);
    }

    private TemporalJoinStarter joinStarter(EnrollmentHandover enrollments) {
        TemporalClients temporal = connections.temporal();
        return new TemporalJoinStarter(
                temporal.failFastClient(),
                temporal.workerClient(),
                new CallDeadline(START_TIMEOUT, scheduler),
                enrollments);
    }

    private NodeEventActivities nodeEvents(String instance) {
        return new NodeEventActivities(
                new CountingEventActivities(connections.events(), connections.meters()),
                connections.clusters(),
                instance);
    }

    private Readiness readiness(Clock clock, FileAuditLog audit) {
        Readiness readiness = new Readiness(probes(config, clock, audit), System::nanoTime, scheduler);
        readiness.register(connections.meters());
        return readiness;
    }

    private ClusterGauges clusterGauges() {
        return new ClusterGauges(
                config.clusters(), connections.temporal().failFastClient(), scheduler, connections.meters());
    }

    private Map<String, Readiness.Probe> probes(ServiceConfig config, Clock clock, FileAuditLog audit) {
        Map<String, Readiness.Probe> probes = new LinkedHashMap<>();
        KafkaConfig kafka = config.kafka();
        probes.put(
                "kafka",
                new KafkaProbe(
                        connections.kafkaAdmin(),
                        List.of(kafka.requestsTopic(), kafka.eventsTopic(), kafka.deadLetterTopic()))::notReadyReason);
        probes.put("temporal", workers::notReadyReason);
        probes.put("intake", intake);
        probes.put("gateway", gateway::notReadyReason);
        probes.put("audit log", audit::notReadyReason);
        config.clusters().forEach((name, cluster) -> probes.put("cluster " + name, probe(name, cluster, clock)));
        return probes;
    }

    private Readiness.Probe probe(ClusterName name, ClusterConfig cluster, Clock clock) {
        return new ClusterProbe(
                name, cluster.strict(), () -> unreachableReason(name, cluster), () -> checkAndWatch(name), clock);
    }

    private List<Problem> checkAndWatch(ClusterName name) {
        adapters.startWatches(name);
        return preconditions.findProblems(name);
    }

    private @Nullable String unreachableReason(ClusterName name, ClusterConfig cluster) {
        boolean found = connections
                        .clusters()
                        .client(name)
                        .namespaces()
                        .withName("kube-system")
                        .get()
                != null;
        return found ? null : "kube-system does not exist; check " + cluster.kubeconfigFile();
    }

    private void countServing(String decision) {
        connections
                .meters()
                .counter("nodejoin_serving_certificates", "decision", decision)
                .increment();
    }

    private void countForeignKey(ClusterName cluster) {
        connections
                .meters()
                .counter("nodejoin_foreign_key_csrs", "cluster", cluster.value())
                .increment();
    }

    private void recordTokenRejection(ClusterName cluster, Duration afterDeletion) {
        connections
                .meters()
                .timer("nodejoin_token_rejection", "cluster", cluster.value())
                .record(afterDeletion);
    }

    private static Map<ClusterName, ClusterPolicy> policies(ServiceConfig config) {
        return config.clusters().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> policy(entry.getValue())));
    }

    private static ClusterPolicy policy(ClusterConfig cluster) {
        return new ClusterPolicy(cluster.approval(), cluster.strict());
    }

    /** The last one is the outermost. */
    private List<WorkerInterceptor> interceptors(List<WorkerInterceptor> effects) {
        List<WorkerInterceptor> all = new ArrayList<>();
        all.add(new FailureBoundary(() -> Instant.EPOCH.plusNanos(System.nanoTime())));
        all.addAll(effects);
        all.add(heartbeats);
        all.add(new JoinLogContext());
        all.addAll(connections.tracing().workers());
        return all;
    }

    /** A timer, and what is short: several threads, since one may wait for a disk. */
    private static ScheduledThreadPoolExecutor scheduler() {
        ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(
                SCHEDULER_THREADS, Thread.ofVirtual().name("scheduler-", 0).factory());
        scheduler.setRemoveOnCancelPolicy(true);
        return scheduler;
    }

    private void closeWatches() {
        nodeEvents.close();
        adapters.close();
        serving.close();
        heartbeats.close();
        scheduler.shutdownNow();
    }
}
