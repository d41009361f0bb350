package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.activities.kubernetes.clusterinfo.KubernetesClusterInfoActivities;
import io.nodejoin.agent.discovery.TokenDiscovery;
import io.nodejoin.agent.discovery.TrustedCluster;
import io.nodejoin.agent.host.Sleeper;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.workflows.clusterinfo.ClusterInfoActivities;
import io.nodejoin.workflows.clusterinfo.DiscoveryInfo;
import io.nodejoin.workflows.csr.ApprovalMode;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The API server admits few anonymous readers of cluster-info at a time; hosts that join come through all the same. */
@Tag("full")
@ExtendWith(LiveClusterExtension.class)
@ResourceLock(LiveClusterExtension.CLUSTER)
class DiscoveryBurstIT {
    private static final int HOSTS = 150;
    private static final int READS_PER_HOST = 2;
    private static final Pattern DISPATCHED = Pattern.compile(
            "apiserver_flowcontrol_dispatched_requests_total\\{[^}]*flow_schema=\"nodejoin-cluster-info\""
                    + "[^}]*} ([0-9.e+]+)");

    private final LiveCluster cluster;

    DiscoveryBurstIT(LiveCluster cluster) {
        this.cluster = cluster;
    }

    @Test
    void shouldServeAllOfManyHostsThatDiscoverTheClusterAtOnce() throws InterruptedException {
        // given
        double before = dispatched();
        try (ForeignTokens foreign = new ForeignTokens(cluster);
                ExecutorService hosts = Executors.newVirtualThreadPerTaskExecutor()) {
            DiscoveryInfo trust = trust();
            BootstrapToken token = foreign.create(1).getFirst();
            Callable<TrustedCluster> host = () -> new TokenDiscovery(Clock.systemUTC(), Sleeper.system(), new Random())
                    .discover(trust.apiServer(), trust.caPins(), token);

            // when
            List<Future<TrustedCluster>> discoveries =
                    hosts.invokeAll(Stream.generate(() -> host).limit(HOSTS).toList());

            // then
            assertThat(discoveries)
                    .allSatisfy(discovery -> assertThat(discovery.state()).isEqualTo(Future.State.SUCCESS));
        }
        assertThat(dispatched() - before).isGreaterThanOrEqualTo(HOSTS * READS_PER_HOST);
    }

    private DiscoveryInfo trust() {
        try (ActivityHarness harness = new ActivityHarness(new KubernetesClusterInfoActivities(
                cluster.clients(), _ -> {}, cluster.fitness(ApprovalMode.NODEJOIN), _ -> {}))) {
            return harness.stub(ClusterInfoActivities.class).ensure(LiveCluster.NAME);
        }
    }

    /** How many requests the API server has let through as those of anonymous readers. */
    private double dispatched() {
        return DISPATCHED
                .matcher(Objects.requireNonNull(cluster.admin().raw("/metrics")))
                .results()
                .mapToDouble(match -> Double.parseDouble(match.group(1)))
                .sum();
    }
}
