package io.nodejoin.service.wiring;

import io.nodejoin.activities.audit.FileAuditLog;
import io.nodejoin.activities.kubernetes.csr.KubernetesServingActivities;
import io.nodejoin.activities.kubernetes.csr.ServingApprover;
import io.nodejoin.activities.kubernetes.clusterinfo.ClusterFitness;
import io.nodejoin.activities.kubernetes.clusterinfo.ClusterPolicy;
import io.nodejoin.gateway.config.GatewaySettings;
import io.nodejoin.gateway.config.GatewayTimes;
import io.nodejoin.gateway.HostGateway;
import io.nodejoin.gateway.temporal.TemporalJoinWorkflows;
import io.nodejoin.activities.kubernetes.node.ReturningNodes;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.service.health.ClusterProbe;
import io.nodejoin.service.config.ClusterConfig;
import io.nodejoin.service.config.ConfigException;
import io.nodejoin.service.config.GatewayConfig;
import io.nodejoin.service.config.KafkaConfig;
import io.nodejoin.service.config.ServiceConfig;
import io.nodejoin.service.health.AdminServer;
import io.nodejoin.service.health.Readiness;
import io.nodejoin.service.intake.EventIntake;
import io.nodejoin.service.intake.KafkaDeadLetters;
import io.nodejoin.service.intake.RecordDesk;
import io.nodejoin.service.intake.RequestKeys;
import io.nodejoin.service.intake.RequestReader;
import io.nodejoin.service.intake.TemporalJoins;
import io.nodejoin.service.worker.ClusterAdapters;
import io.nodejoin.service.collector.Janitors;
import io.nodejoin.service.health.KafkaProbe;
import io.nodejoin.service.metrics.CountingEventActivities;
import io.nodejoin.service.intake.NotedRejoins;
import io.nodejoin.service.worker.Workers;
import io.nodejoin.workflows.event.EventActivities;
import io.temporal.common.interceptors.WorkerInterceptor;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Puts the service together. Constructors only: nothing starts before {@link #lifecycle()} is started. */
public final class Wiring {
    private static final Duration GATEWAY_CALL_LIMIT = Duration.ofSeconds(5);
    private static final Duration SERVING_PAUSE = Duration.ofSeconds(10);

    private final ServiceConfig config;
    private final Connections connections;
    private final ClusterAdapters adapters;
    private final KubernetesServingActivities serving;
    private final ServingApprover servingApprover;
    private final Janitors janitors;
    private final ScheduledExecutorService deadlines;
    private final HostGateway gateway;
    private final Workers workers;
    private final EventIntake intake;
    private final ClusterFitness fitness;
    private final Readiness readiness;
    private final AdminServer admin;

    public Wiring(ServiceConfig config, Clock clock, Connections connections, List<WorkerInterceptor> around)
            throws ConfigException {
        this.config = config;
        this.connections = connections;
        String instance = config.gateway().instance();
        FileAuditLog audit = new FileAuditLog(config.audit().file(), "nodejoin-" + instance, clock);
        this.fitness = new ClusterFitness(connections.clusters(), policies(config));
        this.adapters = ClusterAdapters.of(connections.clusters(), audit, fitness, config::maxTokens);
        this.serving = new KubernetesServingActivities(connections.clusters(), audit, this::countServing);
        this.servingApprover = new ServingApprover(
                connections.clusters(), config.clusters().keySet(), audit, this::countServing, SERVING_PAUSE);
        EventActivities events = new CountingEventActivities(connections.events(), connections.meters());
        this.janitors = new Janitors(
                config.clusters().keySet(),
                instance,
                adapters,
                connections.temporal().prompt(),
                events,
                audit,
                connections.meters());
        this.deadlines = Executors.newSingleThreadScheduledExecutor(
                Thread.ofVirtual().name("gateway-deadlines").factory());
        this.gateway = new HostGateway(
                gatewaySettings(config.gateway()),
                new TemporalJoinWorkflows(connections.temporal().prompt(), deadlines, GATEWAY_CALL_LIMIT),
                new NotedRejoins(
                        new ReturningNodes(connections.clusters())::of,
                        new TemporalJoins(connections.temporal().prompt()),
                        config.terms(),
                        config.join().deadline(),
                        audit,
                        clock),
                audit,
                clock,
                connections.meters());
        this.workers = new Workers(
                connections.temporal(),
                instance,
                adapters.activities(serving, adapters.ledgered(events)),
                gateway.activities(),
                around);
        this.intake = new EventIntake(
                connections.consumers(),
                config.kafka().requestsTopic(),
                desk(config, clock),
                System::nanoTime,
                connections.meters());
        this.readiness = new Readiness(probes(config, clock, audit), System::nanoTime);
        this.admin = new AdminServer(config.http().listen(), readiness, connections.meters());
    }

    /** Everything in the order of its start; it stops in reverse: readiness, intake, gateway, workers, clients. */
    public Lifecycle lifecycle() {
        return new Lifecycle(List.of(
                Lifecycle.Part.stopping("clients", connections::closeClients),
                Lifecycle.Part.stopping("producers", connections::closeProducers),
                Lifecycle.Part.listening("http.listen", config.http().listen(), admin::start, admin::stop),
                Lifecycle.Part.stopping("watches", this::closeWatches),
                new Lifecycle.Part("serving approver", servingApprover::start, servingApprover::stop),
                new Lifecycle.Part("janitors", janitors::start, janitors::stop),
                new Lifecycle.Part("workers", workers::start, workers::stop),
                Lifecycle.Part.listening("gateway.listen", config.gateway().listen(), gateway::start, gateway::stop),
                new Lifecycle.Part("intake", intake::start, intake::stop),
                new Lifecycle.Part("readiness", readiness::start, readiness::stop)));
    }

    /** Where liveness, readiness and metrics are, once started. */
    public int adminPort() {
        return admin.port();
    }

    /** Where agents connect, once started. */
    public int gatewayPort() {
        return gateway.port();
    }

    private RecordDesk desk(ServiceConfig config, Clock clock) throws ConfigException {
        return new RecordDesk(
                new RequestReader(
                        config.terms(),
                        RequestKeys.of(config.requestKeysFiles()),
                        config.join().deadline(),
                        clock),
                new TemporalJoins(connections.temporal().prompt()),
                new KafkaDeadLetters(connections.deadLetters(), config.kafka(), clock),
                gateway::joinStarted,
                connections.meters());
    }

    private Map<String, Readiness.Probe> probes(ServiceConfig config, Clock clock, FileAuditLog audit) {
        Map<String, Readiness.Probe> probes = new LinkedHashMap<>();
        KafkaConfig kafka = config.kafka();
        probes.put(
                "kafka",
                new KafkaProbe(
                        connections.kafkaAdmin(),
                        List.of(kafka.requestsTopic(), kafka.eventsTopic(), kafka.deadLetterTopic()))::obstacle);
        probes.put("temporal", workers::obstacle);
        probes.put("intake", intake);
        probes.put("gateway", gateway::obstacle);
        probes.put("audit log", audit::obstacle);
        config.clusters().forEach((name, cluster) -> probes.put("cluster " + name, probe(name, cluster, clock)));
        return probes;
    }

    private Readiness.Probe probe(ClusterName name, ClusterConfig cluster, Clock clock) {
        return new ClusterProbe(
                name, cluster.strict(), () -> reach(name, cluster), () -> fitness.problems(name), clock);
    }

    private @Nullable String reach(ClusterName name, ClusterConfig cluster) {
        boolean found = connections
                        .clusters()
                        .client(name)
                        .namespaces()
                        .withName("kube-system")
                        .get()
                != null;
        return found ? null : "kube-system does not exist; look at " + cluster.kubeconfigFile();
    }

    private void countServing(String decision) {
        connections
                .meters()
                .counter("nodejoin_serving_certificates", "decision", decision)
                .increment();
    }

    private static Map<ClusterName, ClusterPolicy> policies(ServiceConfig config) {
        return config.clusters().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> policy(entry.getValue())));
    }

    private static ClusterPolicy policy(ClusterConfig cluster) {
        return new ClusterPolicy(cluster.approval(), cluster.strict());
    }

    private void closeWatches() {
        adapters.close();
        serving.close();
        deadlines.shutdownNow();
    }

    private static GatewaySettings gatewaySettings(GatewayConfig config) {
        return new GatewaySettings(
                config.instance(),
                new InetSocketAddress(config.listen().host(), config.listen().port()),
                config.certificateFile(),
                config.keyFile(),
                config.agentCaCertificateFile(),
                config.agentCaKeyFile(),
                GatewayTimes.standard());
    }
}
