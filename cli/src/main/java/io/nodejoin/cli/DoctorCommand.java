package io.nodejoin.cli;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.kubernetes.preparation.AdminCluster;
import io.nodejoin.cli.doctor.CheckResult;
import io.nodejoin.cli.doctor.Doctor;
import io.nodejoin.cli.doctor.Finding;
import io.nodejoin.workflows.csr.ApprovalMode;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code nodejoin doctor}. */
@Command(
        name = "doctor",
        header = {
            "Checks whether a cluster meets the preconditions of joins.",
            "",
            "Examples:",
            "  ${ROOT-COMMAND-NAME} doctor --kubeconfig admin.conf",
            "  ${ROOT-COMMAND-NAME} doctor --kubeconfig admin.conf -o name",
            ""
        },
        description =
                "Prints each finding, why it matters, and the command that corrects it. Deletes what it creates for the checks."
                        + " The name of a check is printed by -o name if it failed.")
final class DoctorCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Clock clock;
    private final SecureRandom random;
    private final Consumer<Duration> pause;

    @Option(names = "--kubeconfig", required = true, paramLabel = "FILE", description = "an administrator's kubeconfig")
    private @Nullable Path kubeconfig;

    @Option(
            names = "--approval",
            paramLabel = "WHO",
            defaultValue = "nodejoin",
            description = "who should approve certificates: nodejoin or cluster, as in the service's file "
                    + "(${DEFAULT-VALUE})")
    private ApprovalMode approval = ApprovalMode.NODEJOIN;

    @Mixin
    private Output output = new Output();

    DoctorCommand(Terminal terminal, Clock clock, SecureRandom random, Consumer<Duration> pause) {
        this.terminal = terminal;
        this.clock = clock;
        this.random = random;
        this.pause = pause;
    }

    @Override
    public Integer call() {
        List<CheckResult> examinations = examine();
        new FindingPrinter(terminal).print(examinations, output);
        boolean healthy = examinations.stream().noneMatch(result -> result.finding() instanceof Finding.Failed);
        return healthy ? ExitCodes.OK : ExitCodes.FAILED;
    }

    private List<CheckResult> examine() {
        try (AdminCluster cluster = AdminCluster.open(Objects.requireNonNull(kubeconfig))) {
            return new Doctor(cluster, approval, clock, random, pause).runChecks();
        } catch (IOException e) {
            throw new CliException(ExitCodes.FAILED, String.valueOf(e.getMessage()), e);
        } catch (KubernetesClientException e) {
            throw ApiServerCalls.unreachable(Objects.requireNonNull(kubeconfig), e);
        }
    }
}
