package io.nodejoin.cli;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.EffectGuard;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.activities.kubernetes.KubeconfigClients;
import io.nodejoin.activities.kubernetes.clusterinfo.ClusterPreconditions;
import io.nodejoin.activities.kubernetes.csr.KubernetesCertificateActivities;
import io.nodejoin.activities.kubernetes.token.TokenLedger;
import io.nodejoin.client.kubernetes.ClusterAdapters;
import io.nodejoin.protocol.ClusterName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nodejoin tokens}: the bootstrap tokens of joins, by their public ids. */
final class TokenCommands {
    private TokenCommands() {}

    @Command(
            name = "tokens",
            header = "Lists and revokes the bootstrap tokens of joins.",
            synopsisSubcommandLabel = "COMMAND")
    static final class Group {}

    /** A token for people and programs. Its secret half is nowhere read. */
    private record Token(String id, String cluster, String node, String joinId, int attempt, Instant expiresAt) {
        static Token of(TokenLedger.Entry entry) {
            return new Token(
                    entry.token().tokenId().value(),
                    entry.token().cluster().value(),
                    entry.node().value(),
                    entry.token().joinId().value(),
                    entry.attempt(),
                    entry.expiresAt());
        }
    }

    /** What both have in common. */
    abstract static class TokenCommand implements Callable<Integer> {
        final Terminal terminal;
        private final Map<String, String> environment;

        @Mixin
        ClientOptions client = new ClientOptions();

        @Option(
                names = "--kubeconfig",
                paramLabel = "FILE",
                description = "the kubeconfig of the cluster (that of the cluster in the file of --config)")
        private @Nullable Path kubeconfig;

        TokenCommand(Terminal terminal, Map<String, String> environment) {
            this.terminal = terminal;
            this.environment = environment;
        }

        @Override
        public final Integer call() {
            ClientSettings settings = client.settings(environment);
            ClusterName cluster = client.cluster(settings);
            Path file = kubeconfig == null ? settings.requireKubeconfig(cluster) : kubeconfig;
            if (!Files.isReadable(file)) {
                throw new CliException(ExitCodes.USAGE, "cannot read the kubeconfig file " + file, null);
            }
            try (ClusterClients clients = new KubeconfigClients(Map.of(cluster, file))) {
                return run(cluster, clients);
            } catch (KubernetesClientException e) {
                throw ApiServerCalls.unreachable(file, e);
            }
        }

        abstract int run(ClusterName cluster, ClusterClients clients);
    }

    @Command(
            name = "list",
            header = {
                "Lists the tokens that may exist, by their public ids.",
                "",
                "Examples:",
                "  ${ROOT-COMMAND-NAME} tokens list --cluster fra-1 --kubeconfig admin.conf",
                "  ${ROOT-COMMAND-NAME} tokens list --cluster fra-1 --config nodejoin.yaml -o name",
                ""
            },
            description =
                    "From Nodejoin's ledger in the cluster, which has an entry before a token exists and until it is"
                            + " proved to be gone.")
    static final class ListTokens extends TokenCommand {
        private final Clock clock;

        ListTokens(Terminal terminal, Map<String, String> environment, Clock clock) {
            super(terminal, environment);
            this.clock = clock;
        }

        @Override
        int run(ClusterName cluster, ClusterClients clients) {
            List<Token> tokens = new TokenLedger(clients.client(cluster))
                    .list(cluster).stream()
                            .map(Token::of)
                            .sorted(Comparator.comparing(Token::expiresAt))
                            .toList();
            client.output()
                    .print(terminal, tokens, tokens.stream().map(Token::id).toList(), wide -> printTable(tokens, wide));
            return ExitCodes.OK;
        }

        private void printTable(List<Token> tokens, boolean wide) {
            if (tokens.isEmpty()) {
                terminal.progress("there are none");
                return;
            }
            Table table = new Table(1, "TOKEN", "NODE", "ATTEMPT", "EXPIRES IN", "JOIN");
            tokens.forEach(token -> table.add(
                    token.id(),
                    token.cluster() + "/" + token.node(),
                    Integer.toString(token.attempt()),
                    Elapsed.format(Duration.between(clock.instant(), token.expiresAt())),
                    token.joinId()));
            table.lines(wide).forEach(terminal::data);
        }
    }

    @Command(
            name = "revoke",
            header = {
                "Revokes a token: its Secret, its signature in cluster-info, and what it has requested.",
                "",
                "Examples:",
                "  ${ROOT-COMMAND-NAME} tokens revoke 4f7a2c --cluster fra-1 --kubeconfig admin.conf",
                "  ${ROOT-COMMAND-NAME} tokens revoke 4f7a2c --cluster fra-1 --kubeconfig admin.conf --yes",
                ""
            },
            description =
                    "A join that still needs the token begins another attempt. The entry in the ledger stays until"
                            + " its join has ended.")
    static final class Revoke extends TokenCommand {
        @Parameters(paramLabel = "TOKEN", description = "the token's public id, of six characters")
        private String id = "";

        @Mixin
        private Confirmation confirmation = new Confirmation();

        Revoke(Terminal terminal, Map<String, String> environment) {
            super(terminal, environment);
        }

        @Override
        int run(ClusterName cluster, ClusterClients clients) {
            TokenLedger.Entry entry = new TokenLedger(clients.client(cluster))
                    .list(cluster).stream()
                            .filter(known -> known.token().tokenId().value().equals(id))
                            .findFirst()
                            .orElseThrow(() -> new CliException(
                                    ExitCodes.NOT_FOUND,
                                    "no join of " + cluster + " has a token " + id
                                            + "; nodejoin tokens list shows those that there are",
                                    null));
            String question = "Revoke the token %s of %s/%s?".formatted(id, cluster, entry.node());
            if (!confirmation.isGiven(terminal, question)) {
                return ExitCodes.FAILED;
            }
            boolean existed = revoke(clients, entry);
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("token", id);
            facts.put("node", cluster + "/" + entry.node());
            facts.put("secret", existed ? "deleted" : "was deleted already");
            client.output().printFacts(terminal, id, facts);
            return ExitCodes.OK;
        }

        /** The effects are told as they would be in the service's audit log. */
        private boolean revoke(ClusterClients clients, TokenLedger.Entry entry) {
            EffectGuard always = _ -> {};
            AuditLog told = effect -> terminal.progress(effect.action() + " " + effect.object());
            ClusterPreconditions unused = new ClusterPreconditions(clients, Map.of(), () -> 0);
            try (KubernetesCertificateActivities certificates =
                            new KubernetesCertificateActivities(clients, told, _ -> {});
                    ClusterAdapters adapters = ClusterAdapters.create(
                            clients, told, unused, _ -> 0, certificates, certificates::denyPending, (_, _) -> {})) {
                boolean existed = adapters.tokens().revoke(entry);
                adapters.clusterInfo().removeSignature(entry.token(), always);
                adapters.certificates().denyPending(entry.token(), always);
                return existed;
            }
        }
    }
}
