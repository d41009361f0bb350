package io.nodejoin.cli;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.RootCause;
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
import picocli.CommandLine.Option;

/** {@code nodejoin doctor}. */
@Command(
        name = "doctor",
        description =
                "Checks whether a cluster meets the preconditions of joins; prints each finding, why it matters, and the command "
                        + "that corrects it. Deletes what it creates for the checks.")
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

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "text or json")
    private OutputFormat output = OutputFormat.text;

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
            throw new CliException(ExitCodes.UNREACHABLE, "cannot reach the API server: " + reason(e), e);
        }
    }

    /** The client's own message says only that a call failed. */
    private static String reason(KubernetesClientException e) {
        Throwable cause = RootCause.find(e);
        String message = cause.getMessage();
        return cause.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }
}
