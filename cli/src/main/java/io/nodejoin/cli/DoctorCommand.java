package io.nodejoin.cli;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.kubernetes.preparation.AdminCluster;
import io.nodejoin.cli.doctor.CheckResult;
import io.nodejoin.cli.doctor.Dependencies;
import io.nodejoin.cli.doctor.Doctor;
import io.nodejoin.cli.doctor.Finding;
import io.nodejoin.client.config.ClientConfig;
import io.nodejoin.client.config.Role;
import io.nodejoin.client.config.TemporalConfig;
import io.nodejoin.workflows.csr.ApprovalMode;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
            "Checks whether a cluster meets the preconditions of joins, and the service's Kafka and Temporal.",
            "",
            "Examples:",
            "  ${ROOT-COMMAND-NAME} doctor --kubeconfig admin.conf",
            "  ${ROOT-COMMAND-NAME} doctor --kubeconfig admin.conf --config nodejoin.yaml",
            "  ${ROOT-COMMAND-NAME} doctor --config nodejoin.yaml -o name",
            ""
        },
        description =
                "Prints each finding, why it matters, and the command that corrects it. Deletes what it creates for the checks."
                        + " The name of a check is printed by -o name if it failed.")
final class DoctorCommand implements Callable<Integer> {
    private final CommandContext context;
    private final Program.DoctorChecks serviceChecks;
    private final SecureRandom random;
    private final Consumer<Duration> pause;

    @Option(names = "--kubeconfig", paramLabel = "FILE", description = "an administrator's kubeconfig, for the cluster")
    private @Nullable Path kubeconfig;

    @Option(
            names = "--approval",
            paramLabel = "WHO",
            defaultValue = "nodejoin",
            description = "who should approve certificates: nodejoin or cluster, as in the service's file "
                    + "(${DEFAULT-VALUE})")
    private ApprovalMode approval = ApprovalMode.NODEJOIN;

    @Option(names = "--config", paramLabel = "FILE", description = "the service's YAML file, for Kafka and Temporal")
    private @Nullable Path config;

    @Mixin
    private Output output = new Output();

    DoctorCommand(
            CommandContext context, Program.DoctorChecks serviceChecks, SecureRandom random, Consumer<Duration> pause) {
        this.context = context;
        this.serviceChecks = serviceChecks;
        this.random = random;
        this.pause = pause;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (kubeconfig == null && config == null) {
            throw new CliException(
                    ExitCodes.USAGE,
                    "nothing to check is named: give --kubeconfig FILE for a cluster, --config FILE for Kafka and"
                            + " Temporal, or both",
                    null);
        }
        List<CheckResult> results = new ArrayList<>();
        if (config != null) {
            ClientConfig service = ClientSettings.read(config);
            results.addAll(checkDependencies(ClientSettings.load(config, context.environment()), service.roles()));
            checkAccess(service.temporal()).ifPresent(results::add);
            results.addAll(serviceChecks.run(config, context));
        }
        if (kubeconfig != null) {
            results.addAll(checkCluster(kubeconfig));
        }
        new FindingPrinter(context.terminal()).print(results, output);
        boolean healthy = results.stream().noneMatch(result -> result.finding() instanceof Finding.Failed);
        return healthy ? ExitCodes.OK : ExitCodes.FAILED;
    }

    private static List<CheckResult> checkDependencies(ClientSettings settings, Set<Role> roles)
            throws InterruptedException {
        return new Dependencies(settings.requireKafka(), roles, settings.temporal()).runChecks();
    }

    /** Of the service's own connection, which the environment of this command does not change. */
    private static Optional<CheckResult> checkAccess(TemporalConfig temporal) {
        return temporal.insecurity()
                .map(problem -> new CheckResult(
                        "temporal access",
                        Finding.warned(
                                problem,
                                "a stranger's machine gets a token and joins a cluster",
                                TemporalConfig.HOW_TO_SECURE)));
    }

    private List<CheckResult> checkCluster(Path administrator) {
        try (AdminCluster cluster = AdminCluster.open(administrator)) {
            return new Doctor(cluster, approval, context.clock(), random, pause).runChecks();
        } catch (IOException e) {
            throw new CliException(ExitCodes.FAILED, String.valueOf(e.getMessage()), e);
        } catch (KubernetesClientException e) {
            throw ApiServerCalls.unreachable(administrator, e);
        }
    }
}
