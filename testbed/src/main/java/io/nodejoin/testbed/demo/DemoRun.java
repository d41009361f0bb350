package io.nodejoin.testbed.demo;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.testbed.demo.OutcomeFeed.Arrival;
import io.nodejoin.testbed.demo.Stage.StageHost;
import io.nodejoin.testbed.process.Together;
import io.nodejoin.workflows.join.NodeJoinWorkflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The joins of one demo, from the first request to the check of what is left. */
final class DemoRun {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration GLANCE = Duration.ofMillis(100);

    private final Stage stage;
    private final ClusterName cluster;
    private final LiveView view;

    DemoRun(Stage stage, ClusterName cluster, LiveView view) {
        this.stage = stage;
        this.cluster = cluster;
        this.view = view;
    }

    /** Boots the hosts, all at once. */
    List<StageHost> boot(List<HostWish> wishes) {
        return Together.run(wishes.stream()
                .<Supplier<StageHost>>map(wish -> () -> stage.add(wish))
                .toList());
    }

    /** Asks for the joins, shows them until all have ended, and looks at what is left. */
    DemoResult join(List<HostWish> wishes, List<StageHost> hosts) {
        try (var witness = new ClusterWitness(stage.adminKubeconfig());
                var history = new HistoryWitness(stage.temporalTarget());
                var feed = new OutcomeFeed(stage.kafkaBootstrapServers());
                var requests = new JoinRequests(stage.kafkaBootstrapServers())) {
            List<JoinView> joins = follow(request(wishes, hosts, requests), feed);
            LeftOvers left = witness.leftOvers(expected(wishes), residue(wishes, hosts));
            List<String> workflows = wishes.stream()
                    .map(wish -> NodeJoinWorkflow.id(cluster, wish.node()))
                    .toList();
            return new DemoResult(
                    joins,
                    witness.readyNodes(),
                    left,
                    history.holdingSecrets(workflows, witness.tokenSecretsSeen()),
                    stage.versions());
        }
    }

    private List<JoinView> request(List<HostWish> wishes, List<StageHost> hosts, JoinRequests requests) {
        List<JoinView> joins = new ArrayList<>();
        for (int i = 0; i < wishes.size(); i++) {
            HostWish wish = wishes.get(i);
            var request = wish.asking(cluster, hosts.get(i).address())
                    .labels(Map.of("nodejoin.io/demo", "true"))
                    .build();
            joins.add(JoinView.sent(wish.node(), requests.send(request, cluster + "/" + wish.node())));
        }
        return joins;
    }

    private List<JoinView> follow(List<JoinView> sent, OutcomeFeed feed) {
        List<JoinView> joins = new ArrayList<>(sent);
        Instant end = Instant.now().plus(PATIENCE);
        view.show(joins, Instant.now());
        while (!joins.stream().allMatch(JoinView::ended) && Instant.now().isBefore(end)) {
            for (Arrival arrival : feed.poll(GLANCE)) {
                joins.replaceAll(join -> arrival.key().equals(cluster + "/" + join.node())
                        ? join.after(arrival.event(), arrival.at())
                        : join);
            }
            view.show(joins, Instant.now());
        }
        return joins;
    }

    private static Set<String> expected(List<HostWish> wishes) {
        return wishes.stream()
                .filter(wish -> !wish.kubeletCannotStart())
                .map(wish -> wish.node().value())
                .collect(Collectors.toUnmodifiableSet());
    }

    private static List<String> residue(List<HostWish> wishes, List<StageHost> hosts) {
        List<String> residue = new ArrayList<>();
        for (int i = 0; i < wishes.size(); i++) {
            if (wishes.get(i).kubeletCannotStart()) {
                residue.addAll(hosts.get(i).residue());
            }
        }
        return residue;
    }
}
