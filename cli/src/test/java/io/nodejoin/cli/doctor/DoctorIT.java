package io.nodejoin.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.nodejoin.activities.kubernetes.LiveCluster;
import io.nodejoin.activities.kubernetes.LiveClusterExtension;
import io.nodejoin.activities.kubernetes.PlantedBinding;
import io.nodejoin.activities.kubernetes.preparation.Accounts;
import io.nodejoin.activities.kubernetes.preparation.AdminCluster;
import io.nodejoin.activities.kubernetes.preparation.ClusterPreparation;
import io.nodejoin.cli.ExitCodes;
import io.nodejoin.cli.Main;
import io.nodejoin.cli.Terminal;
import io.nodejoin.cli.doctor.Finding.Failed;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.workflows.csr.ApprovalMode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

@Tag("real")
@ExtendWith(LiveClusterExtension.class)
@ResourceLock(LiveClusterExtension.CLUSTER)
class DoctorIT {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final LiveCluster cluster;

    DoctorIT(LiveCluster cluster) {
        this.cluster = cluster;
    }

    @Test
    void shouldFindAPreparedClusterHealthyAndLeaveNothingBehind() throws IOException {
        // given
        List<String> before = traces();

        // when
        Map<String, Finding> findings = examine();

        // then
        assertThat(findings)
                .hasSizeGreaterThan(10)
                .allSatisfy((_, finding) -> assertThat(finding).isInstanceOf(Finding.Passed.class));
        assertThat(findings)
                .containsEntry(
                        "cluster-info signer",
                        new Finding.Passed("the cluster signs too; the signatures are the same bytes"))
                .containsEntry("token cleaner", new Finding.Passed("the cluster deletes expired tokens"));
        assertThat(traces()).isEqualTo(before);
    }

    @Test
    void shouldNameWhatIsWrongAndTheCommandsThatMendIt() throws IOException {
        // given
        try (var wide = new PlantedBinding(cluster.admin(), PlantedBinding.AUTO_APPROVAL, "system:bootstrappers");
                var shared = new PlantedBinding(
                        cluster.admin(), PlantedBinding.AUTO_APPROVAL, "system:masters", "system:authenticated");
                var open = new PlantedBinding(cluster.admin(), "view", "system:unauthenticated")) {
            removeGuard();
            await().atMost(SOON)
                    .until(
                            () -> cluster.fitness(ApprovalMode.NODEJOIN).findProblems(LiveCluster.NAME),
                            problems ->
                                    problems.size() == 2 && problems.toString().contains(wide.name()));

            // when
            Map<String, Finding> findings = examine();

            // then
            assertThat(findings.entrySet().stream()
                            .filter(entry -> entry.getValue() instanceof Failed)
                            .map(Map.Entry::getKey))
                    .containsExactlyInAnyOrder("approval", "anonymous access", "prepared objects");
            assertThat(failed(findings, "approval"))
                    .contains(ErrorCode.CLUSTER_AUTO_APPROVES_CSRS.name(), wide.name())
                    .contains("kubectl delete clusterrolebinding " + wide.name())
                    .contains("kubectl patch clusterrolebinding " + shared.name(), "/subjects/1");
            assertThat(failed(findings, "anonymous access"))
                    .contains(ErrorCode.ANONYMOUS_ACCESS_TOO_WIDE.name(), "list pods")
                    .contains("kubectl delete clusterrolebinding " + open.name());
            assertThat(failed(findings, "prepared objects"))
                    .contains("ValidatingAdmissionPolicyBinding nodejoin-tokens", "nodejoin cluster prepare");
        } finally {
            prepare();
        }
        awaitHealthy();
    }

    @Test
    void shouldEndWithFailureAndPrintJsonWhereTheClusterShouldApproveButDoesNot() {
        // given
        var out = new ByteArrayOutputStream();
        var stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        String kubeconfig = cluster.adminKubeconfig().toString();

        // when
        int exit = Main.commandLine(new Terminal(stream, System.err, false), Map.of(), Clock.systemUTC())
                .execute("doctor", "--kubeconfig", kubeconfig, "--approval", "cluster", "-o", "json");

        // then
        assertThat(exit).isEqualTo(ExitCodes.FAILED);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .startsWith("[{\"check\":\"server version\",\"outcome\":\"passed\"")
                .contains(ErrorCode.CLUSTER_NOT_PREPARED.name())
                .contains("\"remedy\":\"nodejoin cluster prepare --kubeconfig ADMIN --approval cluster\"");
    }

    private Map<String, Finding> examine() throws IOException {
        try (AdminCluster admin = AdminCluster.open(cluster.adminKubeconfig())) {
            return new Doctor(
                            admin,
                            ApprovalMode.NODEJOIN,
                            Clock.systemUTC(),
                            new SecureRandom(),
                            time -> LockSupport.parkNanos(time.toNanos()))
                    .runChecks().stream().collect(Collectors.toMap(CheckResult::check, CheckResult::finding));
        }
    }

    private static String failed(Map<String, Finding> findings, String check) {
        return assertThat(findings)
                .extractingByKey(check, InstanceOfAssertFactories.type(Failed.class))
                .actual()
                .toString();
    }

    private void removeGuard() {
        cluster.admin()
                .admissionRegistration()
                .v1()
                .validatingAdmissionPolicyBindings()
                .withName("nodejoin-tokens")
                .delete();
    }

    private void prepare() throws IOException {
        try (AdminCluster admin = AdminCluster.open(cluster.adminKubeconfig())) {
            new ClusterPreparation(admin, ApprovalMode.NODEJOIN, Accounts.single, false).apply();
        }
    }

    /** The tests that follow find the cluster as they need it. */
    private void awaitHealthy() {
        await().atMost(SOON)
                .until(() -> cluster.fitness(ApprovalMode.NODEJOIN)
                        .findProblems(LiveCluster.NAME)
                        .isEmpty());
    }

    private List<String> traces() {
        return Stream.of(
                        cluster.admin().secrets().inNamespace("kube-system").list().getItems().stream(),
                        cluster.admin().certificates().v1().certificateSigningRequests().list().getItems().stream()
                                .filter(csr -> csr.getMetadata().getName().startsWith("nodejoin-doctor-")))
                .flatMap(objects -> objects)
                .map(HasMetadata::getMetadata)
                .map(metadata -> metadata.getName())
                .sorted()
                .toList();
    }
}
