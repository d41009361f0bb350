package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.nodejoin.activities.kubernetes.clusterinfo.ClusterPolicy;
import io.nodejoin.activities.kubernetes.clusterinfo.ClusterPreconditions;
import io.nodejoin.activities.kubernetes.clusterinfo.KubernetesClusterInfoActivities;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.clusterinfo.ClusterInfoActivities;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With the rights of the service's account alone, against a real authorizer. */
@Tag("real")
@ExtendWith(LiveClusterExtension.class)
@ResourceLock(LiveClusterExtension.CLUSTER)
class ClusterFitnessIT {
    /** The authorizer learns of bindings from a watch. */
    private static final Duration SOON = Duration.ofSeconds(10);

    private static final String VIEW = "view";

    private final LiveCluster cluster;

    ClusterFitnessIT(LiveCluster cluster) {
        this.cluster = cluster;
    }

    @Test
    void shouldFindNothingOnAPreparedCluster() {
        assertThat(cluster.fitness(ApprovalMode.NODEJOIN).findProblems(LiveCluster.NAME))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"system:bootstrappers", "system:bootstrappers:nodejoin", "system:authenticated"})
    void shouldRefuseAClusterThatApprovesByItselfAndNameTheBinding(String group) {
        // given
        ClusterPreconditions preconditions = cluster.fitness(ApprovalMode.NODEJOIN);
        try (var planted = new PlantedBinding(cluster.admin(), PlantedBinding.AUTO_APPROVAL, group)) {
            awaitProblems(preconditions, true);

            // when
            Throwable refusal = catchThrowable(() -> join(preconditions));

            // then
            Problem problem = Failures.problemOf(refusal);
            assertThat(problem.code()).isEqualTo(ErrorCode.CLUSTER_AUTO_APPROVES_CSRS);
            assertThat(problem.detail()).contains("ClusterRoleBinding \"" + planted.name() + "\"", group);
            assertThat(Failures.typeOf(refusal).map(FailureType::retryable)).contains(false);
        }
        awaitProblems(preconditions, false);
        assertThat(join(preconditions)).isEqualTo("v");
    }

    @Test
    void shouldNameEveryBindingThatApproves() {
        // given
        ClusterPreconditions preconditions = cluster.fitness(ApprovalMode.NODEJOIN);
        try (var one = new PlantedBinding(cluster.admin(), PlantedBinding.AUTO_APPROVAL, "system:bootstrappers");
                var other = new PlantedBinding(cluster.admin(), "cluster-admin", "system:authenticated")) {

            // when, then
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(preconditions.findProblems(LiveCluster.NAME))
                            .first()
                            .extracting(Problem::detail)
                            .asString()
                            .contains(one.name(), other.name()));
        }
        awaitProblems(preconditions, false);
    }

    @Test
    void shouldWantTheBindingWhereTheClusterApproves() {
        // given
        ClusterPreconditions preconditions = cluster.fitness(ApprovalMode.CLUSTER);
        Optional<Problem> without =
                preconditions.findProblems(LiveCluster.NAME).stream().findFirst();

        // when
        try (var _ =
                new PlantedBinding(cluster.admin(), PlantedBinding.AUTO_APPROVAL, "system:bootstrappers:nodejoin")) {

            // then
            awaitProblems(preconditions, false);
        }
        assertThat(without)
                .get()
                .satisfies(problem -> assertThat(problem.code()).isEqualTo(ErrorCode.CLUSTER_NOT_PREPARED));
        awaitProblems(cluster.fitness(ApprovalMode.NODEJOIN), false);
    }

    @Test
    void shouldRefuseAClusterThatShowsItsPodsToAnyone() {
        // given
        ClusterPreconditions preconditions = cluster.fitness(ApprovalMode.NODEJOIN);
        try (var planted = new PlantedBinding(cluster.admin(), VIEW, "system:unauthenticated")) {
            awaitProblems(preconditions, true);

            // when
            Throwable refusal = catchThrowable(() -> join(preconditions));

            // then
            assertThat(Failures.problemOf(refusal).code()).isEqualTo(ErrorCode.ANONYMOUS_ACCESS_TOO_WIDE);
            assertThat(Failures.problemOf(refusal).detail()).contains("list pods", planted.name());
        }
        awaitProblems(preconditions, false);
    }

    @Test
    void shouldRememberForFifteenSecondsThatThereIsNoProblem() {
        // given
        AtomicLong nanos = new AtomicLong();
        var preconditions = new ClusterPreconditions(
                cluster.clients(),
                Map.of(LiveCluster.NAME, new ClusterPolicy(ApprovalMode.NODEJOIN, true)),
                nanos::get);
        join(preconditions);
        try (var _ = new PlantedBinding(cluster.admin(), PlantedBinding.AUTO_APPROVAL, "system:bootstrappers")) {
            awaitProblems(cluster.fitness(ApprovalMode.NODEJOIN), true);

            // when
            String remembered = join(preconditions);
            nanos.addAndGet(Duration.ofSeconds(15).toNanos());
            Throwable refusal = catchThrowable(() -> join(preconditions));

            // then
            assertThat(remembered).isEqualTo("v");
            assertThat(Failures.problemOf(refusal).code()).isEqualTo(ErrorCode.CLUSTER_AUTO_APPROVES_CSRS);
        }
        awaitProblems(cluster.fitness(ApprovalMode.NODEJOIN), false);
        assertThat(join(preconditions)).isEqualTo("v");
    }

    @Test
    void shouldOnlyWarnWhereThePolicyIsNotStrict() {
        // given
        var lenient = new ClusterPreconditions(
                cluster.clients(),
                Map.of(LiveCluster.NAME, new ClusterPolicy(ApprovalMode.NODEJOIN, false)),
                System::nanoTime);
        try (var _ = new PlantedBinding(cluster.admin(), PlantedBinding.AUTO_APPROVAL, "system:bootstrappers")) {
            awaitProblems(lenient, true);

            // when, then
            assertThat(join(lenient)).isEqualTo("v");
        }
        awaitProblems(lenient, false);
    }

    /** Returns how the version of the cluster begins. */
    private String join(ClusterPreconditions preconditions) {
        try (var harness = new ActivityHarness(
                new KubernetesClusterInfoActivities(cluster.clients(), _ -> {}, preconditions, _ -> {}))) {
            return harness.stub(ClusterInfoActivities.class)
                    .ensure(LiveCluster.NAME)
                    .kubernetesVersion()
                    .substring(0, 1);
        }
    }

    private static void awaitProblems(ClusterPreconditions preconditions, boolean some) {
        List<Problem> last = await("what the authorizer knows of the planted binding")
                .atMost(SOON)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> preconditions.findProblems(LiveCluster.NAME), problems -> problems.isEmpty() != some);
        assertThat(last.isEmpty()).isNotEqualTo(some);
    }
}
