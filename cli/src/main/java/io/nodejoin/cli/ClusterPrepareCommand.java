package io.nodejoin.cli;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.kubernetes.preparation.Accounts;
import io.nodejoin.activities.kubernetes.preparation.Accounts.Account;
import io.nodejoin.activities.kubernetes.preparation.AdminCluster;
import io.nodejoin.activities.kubernetes.preparation.ClusterPreparation;
import io.nodejoin.activities.kubernetes.preparation.ServiceCredential;
import io.nodejoin.workflows.csr.ApprovalMode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code nodejoin cluster prepare}. */
@Command(
        name = "prepare",
        header = {
            "Applies what joins need in a cluster, and writes the service's own credential.",
            "",
            "Examples:",
            "  ${ROOT-COMMAND-NAME} cluster prepare --kubeconfig admin.conf --dry-run server",
            "  ${ROOT-COMMAND-NAME} cluster prepare --kubeconfig admin.conf --credential fra-1.kubeconfig",
            "  ${ROOT-COMMAND-NAME} cluster prepare --kubeconfig admin.conf --accounts separate",
            ""
        },
        description = "A second run changes nothing.")
final class ClusterPrepareCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Clock clock;

    @Option(names = "--kubeconfig", required = true, paramLabel = "FILE", description = "an administrator's kubeconfig")
    private @Nullable Path kubeconfig;

    @Option(
            names = "--credential",
            paramLabel = "FILE",
            description = "where to write the service's kubeconfig (mode 0600); without it none is written")
    private @Nullable Path credential;

    @Option(
            names = "--accounts",
            paramLabel = "WHICH",
            description =
                    "the service's accounts: single, or separate ones for the roles worker and approver; without it"
                            + " those that the cluster has, at first single")
    private @Nullable Accounts accounts;

    @Option(
            names = "--worker-credential",
            paramLabel = "FILE",
            description = "with separate accounts: where to write the kubeconfig of processes with the role worker")
    private @Nullable Path workerCredential;

    @Option(
            names = "--approver-credential",
            paramLabel = "FILE",
            description = "with separate accounts: where to write the kubeconfig of processes with the role approver")
    private @Nullable Path approverCredential;

    @Option(
            names = "--credential-life",
            paramLabel = "DURATION",
            defaultValue = "24h",
            converter = CredentialLife.class,
            description = "life of the credential, 10m or longer; the cluster may shorten it (${DEFAULT-VALUE})")
    private Duration credentialLife = Duration.ofHours(24);

    @Option(
            names = "--approval",
            paramLabel = "WHO",
            defaultValue = "nodejoin",
            description =
                    "who approves certificates: nodejoin (by name and key) or cluster (any name) (${DEFAULT-VALUE})")
    private ApprovalMode approval = ApprovalMode.NODEJOIN;

    @Option(names = "--dry-run", paramLabel = "server", description = "have the server report what would change")
    private @Nullable DryRun dryRun;

    @Mixin
    private Output output = new Output();

    /** API servers issue no token with a shorter lifetime, and would refuse it only after the cluster is prepared. */
    private static final class CredentialLife extends DurationConverter {
        CredentialLife() {
            super(Duration.ofMinutes(10));
        }
    }

    private enum DryRun {
        server
    }

    ClusterPrepareCommand(Terminal terminal, Clock clock) {
        this.terminal = terminal;
        this.clock = clock;
    }

    @Override
    public Integer call() {
        try (AdminCluster cluster = AdminCluster.open(Objects.requireNonNull(kubeconfig))) {
            print(prepare(cluster));
            return ExitCodes.OK;
        } catch (IOException e) {
            throw new CliException(ExitCodes.FAILED, String.valueOf(e.getMessage()), e);
        } catch (KubernetesClientException e) {
            throw ApiServerCalls.unreachable(Objects.requireNonNull(kubeconfig), e);
        }
    }

    private List<ClusterPreparation.Result> prepare(AdminCluster cluster) throws IOException {
        Accounts chosen = chooseAccounts(cluster);
        List<ClusterPreparation.Result> applied =
                new ArrayList<>(new ClusterPreparation(cluster, approval, chosen, dryRun != null).apply());
        if (dryRun == null) {
            for (Account account : chosen.accounts()) {
                Path file = credentialOf(account);
                if (file != null) {
                    applied.add(new ServiceCredential(cluster, account, clock, credentialLife).write(file));
                }
            }
        }
        return applied;
    }

    private Accounts chooseAccounts(AdminCluster cluster) {
        boolean namesSeparate = workerCredential != null || approverCredential != null;
        Accounts found = namesSeparate ? Accounts.separate : Accounts.of(cluster);
        Accounts chosen = accounts == null ? found : accounts;
        if (chosen == Accounts.separate && credential != null) {
            throw new CliException(
                    ExitCodes.USAGE,
                    "--credential is for a single account, and this cluster has separate ones: give --worker-credential"
                            + " and --approver-credential, or --accounts single",
                    null);
        }
        if (chosen == Accounts.single && namesSeparate) {
            throw new CliException(
                    ExitCodes.USAGE,
                    "--worker-credential and --approver-credential are for separate accounts: give --accounts separate",
                    null);
        }
        return chosen;
    }

    private @Nullable Path credentialOf(Account account) {
        return switch (account) {
            case SERVICE -> credential;
            case WORKER -> workerCredential;
            case APPROVER -> approverCredential;
        };
    }

    private void print(List<ClusterPreparation.Result> applied) {
        output.print(
                terminal,
                applied,
                applied.stream().map(ClusterPreparation.Result::object).toList(),
                _ -> applied.forEach(one -> terminal.data("%-9s  %s".formatted(one.change(), one.object()))));
        long touched = applied.stream()
                .filter(one -> one.change() != ClusterPreparation.Result.Change.unchanged)
                .count();
        terminal.progress(
                touched == 0
                        ? "the cluster was prepared already; nothing was changed"
                        : touched + " of " + applied.size() + (dryRun == null ? " were" : " would be")
                                + " created or changed");
    }
}
