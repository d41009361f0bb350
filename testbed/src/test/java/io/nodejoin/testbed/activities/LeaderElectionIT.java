package io.nodejoin.testbed.activities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.kubernetes.KubeconfigClients;
import io.nodejoin.activities.kubernetes.ManagedObjects;
import io.nodejoin.service.collector.LeaderElection;
import io.nodejoin.service.collector.LeaseTimings;
import io.nodejoin.service.collector.NotLeaderException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

@Tag("real")
@ExtendWith(LiveClusterExtension.class)
@ResourceLock(LiveClusterExtension.CLUSTER)
class LeaderElectionIT {
    private static final LeaseTimings QUICK =
            new LeaseTimings(Duration.ofSeconds(3), Duration.ofSeconds(2), Duration.ofMillis(400));
    private static final Duration SOON = Duration.ofSeconds(20);

    private final LiveCluster cluster;
    private final KubeconfigClients mortal;
    private final LeaderElection first;
    private final LeaderElection second;

    LeaderElectionIT(LiveCluster cluster) {
        this.cluster = cluster;
        this.mortal = new KubeconfigClients(Map.of(LiveCluster.NAME, cluster.serviceKubeconfig()));
        this.first = election("first", () -> mortal.client(LiveCluster.NAME));
        this.second = election("second", () -> cluster.clients().client(LiveCluster.NAME));
    }

    private static LeaderElection election(String identity, Supplier<KubernetesClient> client) {
        return new LeaderElection(client, identity, QUICK, "it");
    }

    @BeforeEach
    void firstLeads() {
        lease().delete();
        first.start();
        await("the first to lead").atMost(SOON).until(first::isLeader);
        second.start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        first.stop();
        second.stop();
        mortal.close();
    }

    @Test
    void shouldLetOneActAtATime() {
        // when, then
        assertThatCode(() -> first.beforeEffect("anything")).doesNotThrowAnyException();
        assertThatThrownBy(() -> second.beforeEffect("anything")).isInstanceOf(NotLeaderException.class);
    }

    @Test
    void shouldGiveTheLeaseUpWhenTheLeaderStops() throws InterruptedException {
        // given
        second.stop();

        // when
        first.stop();

        // then
        assertThat(lease().get().getSpec().getHolderIdentity()).isNull();
    }

    @Test
    void shouldHandOverWhenTheLeaderStops() throws InterruptedException {
        // when
        first.stop();

        // then
        await("the second to lead").atMost(SOON).until(second::isLeader);
        assertThatCode(() -> second.beforeEffect("anything")).doesNotThrowAnyException();
        assertThatThrownBy(() -> first.beforeEffect("anything")).isInstanceOf(NotLeaderException.class);
    }

    @Test
    void shouldHandOverWhenTheLeaderDies() {
        // when it reaches the API server no more
        mortal.close();

        // then
        await("the second to lead").atMost(SOON).until(second::isLeader);
        await("the first to give up").atMost(SOON).until(() -> !first.isLeader());
    }

    @Test
    void shouldHandOverWhenTheLeaderCannotPutItsActsOnRecord() {
        // given
        AuditEntry act = new AuditEntry(LiveCluster.NAME, "node-join/it/n1", "token.revoke", "secrets/a", Map.of());
        AuditLog full = _ -> {
            throw new IllegalStateException("no space left on device");
        };

        // when
        assertThatThrownBy(() -> first.recordEffect(act, full)).hasMessageContaining("no space left");

        // then
        await("the second to lead").atMost(SOON).until(second::isLeader);
        assertThat(first.isLeader()).isFalse();
    }

    @Test
    void shouldLeadOnceALeaderIsDeadWhoseClockWasAhead() throws InterruptedException {
        // given
        first.stop();
        second.stop();
        hold("ahead", Instant.now().plus(Duration.ofMinutes(10)));
        LeaderElection third = election("third", () -> cluster.clients().client(LiveCluster.NAME));

        // when
        third.start();

        // then
        await("the third to lead").atMost(SOON).until(third::isLeader);
        third.stop();
    }

    @Test
    void shouldNotActByALeaseThatAnotherHasTakenMeanwhile() throws InterruptedException {
        // given
        second.stop();
        hold("third", Instant.now());

        // when, then
        assertThatThrownBy(() -> first.beforeEffect("token.revoke"))
                .isInstanceOf(NotLeaderException.class)
                .hasMessageContaining("token.revoke");
    }

    private void hold(String identity, Instant renewed) {
        String time = ZonedDateTime.ofInstant(renewed.truncatedTo(ChronoUnit.MILLIS), ZoneOffset.UTC)
                .format(DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'"));
        lease().patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\":{\"holderIdentity\":\"" + identity + "\",\"renewTime\":\"" + time + "\"}}");
    }

    private Resource<Lease> lease() {
        return cluster.admin().leases().inNamespace(ManagedObjects.NAMESPACE).withName(LeaderElection.LEASE);
    }
}
