package io.nodejoin.testbed.activities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.nodejoin.activities.kubernetes.clusterinfo.ClusterFitness;
import io.nodejoin.activities.kubernetes.clusterinfo.ClusterPolicy;
import io.nodejoin.activities.kubernetes.clusterinfo.KubernetesClusterInfoActivities;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.certificate.ApprovalMode;
import io.nodejoin.workflows.clusterinfo.ClusterInfoActivities;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        assertThat(cluster.fitness(ApprovalMode.NODEJOIN).problems(LiveCluster.NAME))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"system:bootstrappers", "system:bootstrappers:nodejoin", "system:authenticated"})
    void shouldRefuseAClusterThatApprovesByItselfAndNameTheBinding(String group) {
        // given
        ClusterFitness fitness = cluster.fitness(ApprovalMode.NODEJOIN);
        try (var planted = new PlantedBinding(cluster.admin(), PlantedBinding.AUTO_APPROVAL, group)) {
            awaitProblems(fitness, true);

            // when
            Throwable refusal = catchThrowable(() -> join(fitness));

            // then
            Problem problem = Failures.problemOf(refusal);
            assertThat(problem.code()).isEqualTo(ErrorCode.E_CLUSTER_AUTOAPPROVES);
            assertThat(problem.detail()).contains("ClusterRoleBinding \"" + planted.name() + "\"", group);
            assertThat(Failures.typeOf(refusal).map(FailureType::retryable)).contains(false);
        }
        awaitProblems(fitness, false);
        assertThat(join(fitness)).isEqualTo("v");
    }

    @Test
    void shouldNameEveryBindingThatApproves() {
        // given
        ClusterFitness fitness = cluster.fitness(ApprovalMode.NODEJOIN);
        try (var one = new PlantedBinding(cluster.admin(), PlantedBinding.AUTO_APPROVAL, "system:bootstrappers");
                var other = new PlantedBinding(cluster.admin(), "cluster-admin", "system:authenticated")) {

            // when, then
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(fitness.problems(LiveCluster.NAME))
                            .first()
                            .extracting(Problem::detail)
                            .asString()
                            .contains(one.name(), other.name()));
        }
        awaitProblems(fitness, false);
    }

    @Test
    void shouldWantTheBindingWhereTheClusterApproves() {
        // given
        ClusterFitness fitness = cluster.fitness(ApprovalMode.CLUSTER);
        Optional<Problem> without = fitness.problems(LiveCluster.NAME).stream().findFirst();

        // when
        try (var _ =
                new PlantedBinding(cluster.admin(), PlantedBinding.AUTO_APPROVAL, "system:bootstrappers:nodejoin")) {

            // then
            awaitProblems(fitness, false);
        }
        assertThat(without)
                .get()
                .satisfies(problem -> assertThat(problem.code()).isEqualTo(ErrorCode.CLUSTER_NOT_PREPARED));
        awaitProblems(cluster.fitness(ApprovalMode.NODEJOIN), false);
    }

    @Test
    void shouldRefuseAClusterThatShowsItsPodsToAnyone() {
        // given
        ClusterFitness fitness = cluster.fitness(ApprovalMode.NODEJOIN);
        try (var planted = new PlantedBinding(cluster.admin(), VIEW, "system:unauthenticated")) {
            awaitProblems(fitness, true);

            // when
            Throwable refusal = catchThrowable(() -> join(fitness));

            // then
            assertThat(Failures.problemOf(refusal).code()).isEqualTo(ErrorCode.CLUSTER_ANON_TOO_WIDE);
            assertThat(Failures.problemOf(refusal).detail()).contains("list pods", planted.name());
        }
        awaitProblems(fitness, false);
    }

    @Test
    void shouldOnlyWarnWhereThePolicyIsNotStrict() {
        // given
        var lenient = new ClusterFitness(
                cluster.clients(), Map.of(LiveCluster.NAME, new ClusterPolicy(ApprovalMode.NODEJOIN, false)));
        try (var _ = new PlantedBinding(cluster.admin(), PlantedBinding.AUTO_APPROVAL, "system:bootstrappers")) {
            awaitProblems(lenient, true);

            // when, then
            assertThat(join(lenient)).isEqualTo("v");
        }
        awaitProblems(lenient, false);
    }

    /** Returns how the version of the cluster begins. */
    private String join(ClusterFitness fitness) {
        try (var harness =
                new ActivityHarness(new KubernetesClusterInfoActivities(cluster.clients(), _ -> {}, fitness))) {
            return harness.stub(ClusterInfoActivities.class)
                    .ensure(LiveCluster.NAME)
                    .kubernetesVersion()
                    .substring(0, 1);
        }
    }

    private static void awaitProblems(ClusterFitness fitness, boolean some) {
        List<Problem> last = await("what the authorizer knows of the planted binding")
                .atMost(SOON)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> fitness.problems(LiveCluster.NAME), problems -> problems.isEmpty() != some);
        assertThat(last.isEmpty()).isNotEqualTo(some);
    }
}
