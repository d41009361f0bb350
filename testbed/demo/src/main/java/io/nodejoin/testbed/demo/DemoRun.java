package io.nodejoin.testbed.demo;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.testbed.ComponentVersions;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.testbed.client.OutcomeConsumer;
import io.nodejoin.testbed.client.OutcomeConsumer.ReceivedEvent;
import io.nodejoin.testbed.client.RequestSigner;
import io.nodejoin.testbed.demo.DemoHosts.DemoHost;
import io.nodejoin.testbed.process.Parallel;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The joins of one demo, from the first request to the check for leftovers. */
final class DemoRun {
    private static final Duration TIMEOUT = Duration.ofSeconds(90);
    private static final PoolName POOL = new PoolName("demo");
    private static final Duration POLL_INTERVAL = Duration.ofMillis(100);

    private final TestBed bed;
    private final DemoHosts demoHosts;
    private final ClusterName cluster;
    private final RequestSigner signer;
    private final LiveView view;

    DemoRun(TestBed bed, DemoHosts demoHosts, ClusterName cluster, RequestSigner signer, LiveView view) {
        this.bed = bed;
        this.demoHosts = demoHosts;
        this.cluster = cluster;
        this.signer = signer;
        this.view = view;
    }

    /** Boots the hosts concurrently. */
    List<DemoHost> boot(List<HostFixture> wishes) {
        return Parallel.run(wishes.stream()
                .<Supplier<DemoHost>>map(fixture -> () -> demoHosts.add(fixture))
                .toList());
    }

    /** Requests the joins, shows them until all have ended, and checks for leftovers. */
    DemoResult join(List<HostFixture> wishes, List<DemoHost> hosts) {
        try (var witness = new ClusterInspector(bed.directories().adminKubeconfig());
                var history = new HistoryInspector(bed.plan().temporal().toString());
                var consumer = new OutcomeConsumer(bed.plan().kafka().toString());
                var producer = new JoinRequestProducer(bed.plan().kafka().toString(), signer)) {
            List<JoinTimeline> joins = follow(request(wishes, hosts, producer), consumer);
            Leftovers left = witness.findLeftovers(expected(wishes), residue(wishes, hosts));
            List<String> workflows = wishes.stream()
                    .map(fixture -> NodeJoinWorkflow.workflowId(cluster, fixture.node()))
                    .toList();
            return new DemoResult(
                    joins,
                    witness.readyNodes(),
                    left,
                    history.findHistoriesWithSecrets(workflows, witness.observedTokenSecrets()),
                    versions());
        }
    }

    private Map<String, String> versions() {
        Map<String, String> versions = new TreeMap<>(demoHosts.versions());
        versions.putAll(ComponentVersions.query(bed));
        return versions;
    }

    private List<JoinTimeline> request(List<HostFixture> wishes, List<DemoHost> hosts, JoinRequestProducer producer) {
        List<JoinTimeline> joins = new ArrayList<>();
        for (int i = 0; i < wishes.size(); i++) {
            HostFixture fixture = wishes.get(i);
            var request = fixture.requestBuilder(cluster, hosts.get(i).address())
                    .labels(Map.of("nodejoin.io/demo", "true"))
                    .pool(POOL)
                    .build();
            joins.add(JoinTimeline.requested(fixture.node(), producer.send(request, cluster + "/" + fixture.node())));
        }
        return joins;
    }

    private List<JoinTimeline> follow(List<JoinTimeline> sent, OutcomeConsumer consumer) {
        List<JoinTimeline> joins = new ArrayList<>(sent);
        Instant end = Instant.now().plus(TIMEOUT);
        view.show(joins, Instant.now());
        while (!joins.stream().allMatch(JoinTimeline::hasEnded) && Instant.now().isBefore(end)) {
            for (ReceivedEvent received : consumer.poll(POLL_INTERVAL)) {
                joins.replaceAll(join -> received.key().equals(cluster + "/" + join.node())
                        ? join.apply(received.event(), received.receivedAt())
                        : join);
            }
            view.show(joins, Instant.now());
        }
        return joins;
    }

    private static Set<String> expected(List<HostFixture> wishes) {
        return wishes.stream()
                .filter(fixture -> !fixture.kubeletCannotStart())
                .map(fixture -> fixture.node().value())
                .collect(Collectors.toUnmodifiableSet());
    }

    private static List<String> residue(List<HostFixture> wishes, List<DemoHost> hosts) {
        List<String> residue = new ArrayList<>();
        for (int i = 0; i < wishes.size(); i++) {
            if (wishes.get(i).kubeletCannotStart()) {
                residue.addAll(hosts.get(i).residue());
            }
        }
        return residue;
    }
}
