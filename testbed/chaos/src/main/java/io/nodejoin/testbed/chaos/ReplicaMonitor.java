package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.http.HttpProbe;
import io.nodejoin.testbed.service.NodejoinService;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every second, while replicas of the service come and go, which partitions of the requests each has, how many agents are connected to
 * it, and what its garbage collector has done.
 */
final class ReplicaMonitor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaMonitor.class);
    private static final String AGENTS = "nodejoin_gateway_agents_connected";
    private static final String CYCLES = "nodejoin_garbage_collector_cycles_total";
    private static final String CLEANUPS = "nodejoin_garbage_collector_cleanups_started_total";

    private final List<NodejoinService> services;
    private final ConsumerGroup group;
    private final HttpProbe probe = HttpProbe.plain();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread =
            Thread.ofPlatform().name("replica-monitor").daemon().unstarted(this::run);
    private final Map<String, Double> mostAgents = new LinkedHashMap<>();
    private final Map<String, GrowingCount> cycles = new LinkedHashMap<>();
    private final Map<String, GrowingCount> cleanups = new LinkedHashMap<>();
    private Map<String, Set<Integer>> assignment = Map.of();
    private int rebalances;

    /** A counter of a process that may start again from zero. */
    private record GrowingCount(double total, double last) {
        static final GrowingCount NONE = new GrowingCount(0, 0);

        GrowingCount with(double now) {
            return new GrowingCount(total + (now < last ? now : now - last), now);
        }
    }

    private ReplicaMonitor(TestBed bed) {
        this.services = bed.replicas();
        this.group = new ConsumerGroup(bed.kafka().bootstrapServers());
    }

    static ReplicaMonitor start(TestBed bed) {
        ReplicaMonitor monitor = new ReplicaMonitor(bed);
        monitor.thread.start();
        return monitor;
    }

    private void run() {
        try {
            while (!stopping.await(1, TimeUnit.SECONDS)) {
                sample();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void sample() {
        for (NodejoinService service : services) {
            probe.get(service.admin().resolve("/metrics"))
                    .map(HttpResponse::body)
                    .ifPresent(metrics -> record(service.process().name(), metrics));
        }
        try {
            Map<String, Set<Integer>> now = group.assignment();
            rebalances += now.equals(assignment) ? 0 : 1;
            assignment = now;
        } catch (RuntimeException e) { // brokers are down on purpose
            LOG.debug("no look at the consumer group now: {}", e.toString());
        }
    }

    private void record(String replica, String metrics) {
        mostAgents.merge(replica, sum(metrics, AGENTS), Math::max);
        cycles.merge(replica, GrowingCount.NONE.with(sum(metrics, CYCLES)), (before, now) -> before.with(now.last()));
        cleanups.merge(
                replica, GrowingCount.NONE.with(sum(metrics, CLEANUPS)), (before, now) -> before.with(now.last()));
    }

    private static double sum(String metrics, String name) {
        return metrics.lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** For people, in the order of the replicas. */
    synchronized SequencedMap<String, Number> figures() {
        SequencedMap<String, Number> figures = new LinkedHashMap<>();
        figures.put("rebalances of the consumers", rebalances);
        mostAgents.forEach((replica, most) -> figures.put("most agents of " + replica, most.longValue()));
        cycles.forEach((replica, count) -> figures.put("garbage collections by " + replica, (long) count.total()));
        figures.put("cleanups after ended workflows", (long) startedCleanups());
        return figures;
    }

    private double startedCleanups() {
        return cleanups.values().stream().mapToDouble(GrowingCount::total).sum();
    }

    /**
     * What the replicas have not done.
     *
     * @param orphans how many joins only the garbage collectors could end
     */
    synchronized List<String> violations(long orphans) {
        List<String> broken = new ArrayList<>();
        if (rebalances < 2) {
            broken.add("the consumers did not rebalance");
        }
        for (NodejoinService service : services) {
            String replica = service.process().name();
            if (mostAgents.getOrDefault(replica, 0.0) == 0) {
                broken.add("no agent was ever connected to " + replica);
            }
            if (cycles.getOrDefault(replica, GrowingCount.NONE).total() == 0) {
                broken.add("the garbage collector of " + replica + " has done nothing");
            }
        }
        if (startedCleanups() < orphans) {
            broken.add("the garbage collectors have started " + (long) startedCleanups() + " cleanups of " + orphans);
        }
        return broken;
    }

    @Override
    public void close() {
        stopping.countDown();
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
