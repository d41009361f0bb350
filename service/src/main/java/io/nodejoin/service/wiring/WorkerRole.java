package io.nodejoin.service.wiring;

import io.nodejoin.activities.kafka.KafkaEventActivities;
import io.nodejoin.activities.kubernetes.clusterinfo.ClusterPolicy;
import io.nodejoin.activities.kubernetes.clusterinfo.ClusterPreconditions;
import io.nodejoin.activities.kubernetes.node.RejoinEligibility;
import io.nodejoin.activities.kubernetes.nodeevent.NodeEventActivities;
import io.nodejoin.client.config.ConfigException;
import io.nodejoin.client.config.Role;
import io.nodejoin.client.kubernetes.ClusterAdapters;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.Problem;
import io.nodejoin.service.collector.GarbageCollectors;
import io.nodejoin.service.config.ClusterConfig;
import io.nodejoin.service.config.ServiceConfig;
import io.nodejoin.service.health.ClusterProbe;
import io.nodejoin.service.health.Readiness;
import io.nodejoin.service.metrics.CountingEventActivities;
import io.nodejoin.service.metrics.PoolGauges;
import io.nodejoin.service.worker.PolledQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The workflows and their activities, and the garbage collectors. */
final class WorkerRole implements RoleParts {
    private final ProcessContext process;
    private final ClusterAccess clusters;
    private final boolean approves;
    private final ClusterPreconditions preconditions;
    private final ClusterAdapters adapters;
    private final KafkaEventActivities events;
    private final NodeEventActivities nodeEvents;
    private final GarbageCollectors garbageCollectors;
    private final PoolGauges poolGauges;

    WorkerRole(ProcessContext process, ClusterAccess clusters) throws ConfigException {
        this.process = process;
        this.clusters = clusters;
        this.approves = process.config().has(Role.APPROVER);
        this.preconditions =
                new ClusterPreconditions(clusters.clients(), policies(process.config()), process.nanoTime());
        this.adapters = ClusterAdapters.create(
                clusters.clients(),
                process.audit(),
                preconditions,
                process.config()::maxTokens,
                clusters.certificates(),
                approves ? clusters.certificates()::denyPending : ClusterAdapters.DENIED_BY_APPROVER,
                this::recordTokenRejection);
        this.events = process.connections().kafka().events();
        this.nodeEvents = new NodeEventActivities(
                new CountingEventActivities(events, process.connections().meters()), clusters.events());
        this.garbageCollectors = new GarbageCollectors(
                process.config().clusters().keySet(),
                adapters,
                process.connections().temporal().failFastClient(),
                process.clock(),
                process.audit(),
                process.connections().meters());
        this.poolGauges = new PoolGauges(
                process.connections().temporal().pools(),
                process.scheduler(),
                process.connections().meters());
    }

    private static Map<ClusterName, ClusterPolicy> policies(ServiceConfig config) {
        return config.clusters().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> new ClusterPolicy(
                                entry.getValue().approval(), entry.getValue().strict())));
    }

    private void recordTokenRejection(ClusterName cluster, Duration afterDeletion) {
        process.connections()
                .meters()
                .timer("nodejoin_token_rejection", "cluster", cluster.value())
                .record(afterDeletion);
    }

    /** Returns for how long the oldest ended join of each cluster has had objects left to delete. */
    Map<ClusterName, Duration> orphanAges() {
        return garbageCollectors.orphanAges();
    }

    @Override
    public List<Lifecycle.Part> background() {
        return List.of(
                Lifecycle.Part.stopping("publisher of events", events::close),
                Lifecycle.Part.stopping("worker's watches", adapters::close),
                new Lifecycle.Part("garbage collectors", garbageCollectors::start, garbageCollectors::stop));
    }

    @Override
    public List<Lifecycle.Part> entrances() {
        return List.of(
                new Lifecycle.Part("warm-up of tokens", WarmUp::sealToken, () -> {}),
                new Lifecycle.Part("pool gauges", poolGauges::start, poolGauges::stop));
    }

    @Override
    public Map<String, Readiness.Probe> probes() {
        Map<String, Readiness.Probe> probes = new LinkedHashMap<>();
        process.config().clusters().forEach((name, cluster) -> probes.put("cluster " + name, probe(name, cluster)));
        return probes;
    }

    private Readiness.Probe probe(ClusterName name, ClusterConfig cluster) {
        return new ClusterProbe(
                name,
                cluster.strict(),
                () -> clusters.unreachableReason(name, cluster),
                () -> checkAndWatch(name),
                process.clock());
    }

    private List<Problem> checkAndWatch(ClusterName name) {
        adapters.startWatches(name);
        return preconditions.findProblems(name);
    }

    /** A worker that may approve also runs what was scheduled here before the approver had a queue of its own. */
    @Override
    public List<PolledQueue> queues() {
        List<Object> activities = new ArrayList<>(
                adapters.activities(adapters.withOutbox(nodeEvents), new RejoinEligibility(clusters.clients())));
        activities.add(garbageCollectors.orphanActivities());
        if (approves) {
            activities.add(clusters.certificates());
            activities.add(clusters.serving());
        }
        return List.of(PolledQueue.joins(
                activities,
                process.connections().temporal().workerClient().getOptions().getDataConverter()));
    }
}
