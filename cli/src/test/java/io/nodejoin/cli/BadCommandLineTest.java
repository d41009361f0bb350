package io.nodejoin.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Kafka, Temporal and the API server are one port here, which tells whether anybody called. */
class BadCommandLineTest {
    private static final String DURATION = "is no duration; write 30s, 14m, 2h or PT14M";

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream stream = new PrintStream(printed, true, StandardCharsets.UTF_8);

    @TempDir
    private Path directory;

    private ServerSocketChannel system;

    @BeforeEach
    void listen() throws IOException {
        system = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        system.configureBlocking(false);
    }

    @AfterEach
    void close() throws IOException {
        system.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            join n1 --wait --timeout 900                   | --timeout         | '900' DURATION
            join n1 --wait --timeout 0s                    | --timeout         | '0s' is out of range; allowed: 1ms to 876000h
            join n1 --wait --timeout PT-5M                 | --timeout         | 'PT-5M' is out of range
            join n1 --wait --timeout P100000000000000D     | --timeout         | is out of range
            join n1 --deadline 900                         | --deadline        | '900' DURATION
            join n1 --deadline PT0S                        | --deadline        | 'PT0S' is out of range
            join n1 --pool p --min-cpus 0                  | --min-cpus        | '0' is no whole number from 1 to 65536
            join n1 --pool p --min-memory 64GB             | --min-memory      | '64GB' is no size; write 64Gi
            join n1 --pool p --min-memory 2000000Ti        | --min-memory      | is out of range
            join n1 --pool p --machine rack/3              | --machine         | 'rack/3' is no machine id
            join n1 --machine rack-3                       | of a pool:        | give --pool, and no enrollment secret
            join n1 --pool p --enrollment 0a1b2c3d4e5f60718293a4b5c6d7e8f9 --min-cpus 4 | of a pool: | no enrollment secret
            join n1 --pool p --rejoin                      | for one machine   | a pool may give another machine
            machines offer rack-3 --pool a/b               | --pool            | 'a/b' is no pool name
            machines offer rack-3                          | --pool            | Missing required option
            machines list --state LOST                     | --state           | expected one of [OFFERED, FREE, BOUND, QUARANTINED]
            pools drain fra-1/                             | the pool name     | is no
            leave n1 --wait --timeout 900                  | --timeout         | '900' DURATION
            leave n1 --deadline 900                        | --deadline        | '900' DURATION
            leave n1 --grace-period -1                     | --grace-period    | '-1' is no whole number from 0 to 86400
            leave n1 --grace-period 86401                  | --grace-period    | '86401' is no whole number from 0 to 86400
            leave n1 --grace-period 30s                    | --grace-period    | '30s' is no whole number
            abort n1 --wait --timeout 5                    | --timeout         | '5' DURATION
            abort n1 --wait --timeout -5m                  | --timeout         | '-5m' DURATION
            cluster prepare --credential F --kubeconfig KUBECONFIG --credential-life 1day | --credential-life | '1day' DURATION
            cluster prepare --credential F --kubeconfig KUBECONFIG --credential-life 9m | --credential-life | allowed: 10m to 876000h
            list --limit -1                                | --limit           | '-1' is no whole number from 1 to 1000000
            list --limit 0                                 | --limit           | '0' is no whole number from 1 to 1000000
            list --limit many                              | --limit           | 'many' is no whole number
            list --cluster x'OR'NodeJoinCluster'!='        | the cluster name  | is no RFC 1123 label
            list --cluster Fra                             | the cluster name  | 'Fra' is no RFC 1123 label
            status n1 --cluster Fra                        | the cluster name  | 'Fra' is no RFC 1123 label
            status Fra/n1                                  | the cluster name  | 'Fra' is no RFC 1123 label
            status ber-2/n1 --cluster fra-1                | two clusters      | are named: ber-2/n1 and --cluster fra-1
            leave n1                                       | Drain fra-1/n1    | There is no terminal to ask: add --yes to do it.
            abort n1                                       | Abort what runs   | There is no terminal to ask: add --yes to do it.
            list --phase Lost                              | --phase           | expected one of [Requested, AgentConnected
            list --since yesterday                         | --since           | 'yesterday' DURATION
            list -o xml                                    | --output          | expected one of [text, wide, json, yaml, name]
            """)
    void shouldRefuseABadValueBeforeAnythingIsDone(String line, String option, String rule) throws IOException {
        // given
        String kubeconfig = kubeconfig().toString();

        // when
        int exit = nodejoin(Map.of(), line.replace("KUBECONFIG", kubeconfig).split(" +", -1));

        // then
        assertThat(exit).as(text()).isEqualTo(ExitCodes.USAGE);
        assertThat(text().lines().findFirst())
                .hasValueSatisfying(first -> assertThat(first)
                        .startsWith("nodejoin: ")
                        .contains(option, rule.replace("DURATION", DURATION)));
        assertThat(text()).doesNotContain("\tat ").hasLineCount(option.startsWith("--") ? 2 : 1);
        assertThat(system.accept()).as("a caller").isNull();
    }

    @Test
    void shouldSayWhereTheOptionsOfACommandAre() {
        // when
        nodejoin(Map.of(), "cluster", "prepare", "--kubeconfig", "F", "--credential-life", "1day");

        // then
        assertThat(text()).endsWith("try: nodejoin cluster prepare --help\n");
    }

    @Test
    void shouldNameTheCommandsToThoseWhoNameNone() {
        // when
        int exit = nodejoin(Map.of());

        // then
        assertThat(exit).isEqualTo(ExitCodes.USAGE);
        assertThat(text())
                .startsWith("nodejoin: Missing required subcommand\n")
                .contains("join", "leave")
                .doesNotContain("serve");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "my-one-time-secret",
                "00112233445566778899aabbccddee",
                "123456789012345678901234567890",
                "abcabcabcabcabcabcabcabcabcabcabcabc"
            })
    void shouldRefuseASecretThatCanBeGuessedFromItsDigest(String secret) throws IOException {
        // given
        Path file = Files.writeString(directory.resolve("secret"), secret + "\n");

        // when
        int exit = nodejoin(
                Map.of("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1"), "join", "c/n1", "--enrollment-file", file.toString());

        // then
        assertThat(exit).isEqualTo(ExitCodes.USAGE);
        assertThat(text()).contains("128 bits", "openssl rand -hex 32").doesNotContain(secret);
    }

    @Test
    void shouldGuessWhatAMisspelledOptionIs() {
        // when
        int exit = nodejoin(Map.of(), "join", "n1", "--timout", "5m");

        // then
        assertThat(exit).isEqualTo(ExitCodes.USAGE);
        assertThat(text()).contains("nodejoin join has no option --timout; did you mean --timeout?");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            staus n1         | nodejoin: nodejoin has no command staus; did you mean status?
            frobnicate       | nodejoin: nodejoin has no command frobnicate
            cluster prepar   | nodejoin: nodejoin cluster has no command prepar; did you mean prepare?
            status fra-1 n1  | nodejoin: a node is one word: write fra-1/n1, or n1 --cluster fra-1
            version n1       | nodejoin: nodejoin version takes no argument n1
            list --clutser a | nodejoin: nodejoin list has no option --clutser; did you mean --cluster?
            list --xyz       | nodejoin: nodejoin list has no option --xyz
            """)
    void shouldProposeOnlyWhatIsNear(String line, String expected) {
        // when
        int exit = nodejoin(Map.of(), line.split(" +"));

        // then
        assertThat(exit).isEqualTo(ExitCodes.USAGE);
        assertThat(text().lines().findFirst()).hasValue(expected);
        assertThat(text()).hasLineCount(2).doesNotContain("Unmatched");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-V", "--version", "version", "list -V", "cluster prepare --version"})
    void shouldPrintTheVersion(String line) {
        // when
        int exit = nodejoin(Map.of(), line.split(" "));

        // then
        assertThat(exit).isEqualTo(ExitCodes.OK);
        assertThat(text()).startsWith("nodejoin ").contains("(Java ").hasLineCount(1);
    }

    @Test
    void shouldBeginEachHelpWithExamples() {
        // given
        CommandLine root = Main.commandLine(new Terminal(stream, stream, false), Map.of(), Clock.systemUTC());

        // when
        List<String> without = leaves(root).stream()
                .filter(command -> !command.getCommandSpec().usageMessage().hidden())
                .filter(command -> command.getUsageMessage().indexOf("Examples:") < 0
                        || command.getUsageMessage().indexOf("Examples:")
                                > command.getUsageMessage().indexOf("Usage:"))
                .map(command -> command.getCommandSpec().qualifiedName())
                .toList();

        // then
        assertThat(without).isEmpty();
        assertThat(root.getUsageMessage().lines()).allMatch(line -> line.length() <= 120);
    }

    @Test
    void shouldShowTheHelpOfACommandInBothWays() {
        // when
        int help = nodejoin(Map.of(), "help", "status");
        String first = text();
        printed.reset();
        int option = nodejoin(Map.of(), "status", "--help");

        // then
        assertThat(help).isEqualTo(ExitCodes.OK).isEqualTo(option);
        assertThat(first).isEqualTo(text()).contains("Usage: nodejoin status");
    }

    private static List<CommandLine> leaves(CommandLine command) {
        return command.getSubcommands().isEmpty()
                ? List.of(command)
                : command.getSubcommands().values().stream()
                        .flatMap(child -> leaves(child).stream())
                        .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve --config nodejoin.yaml", "config check", "serve --help"})
    void shouldSayWhereTheCommandsOfTheServiceAre(String line) {
        // when
        int exit = nodejoin(Map.of(), line.split(" "));

        // then
        assertThat(exit).isEqualTo(ExitCodes.USAGE);
        assertThat(text())
                .startsWith("nodejoin: this is the client; ")
                .contains("run nodejoin " + line + " with the service's image")
                .hasLineCount(1);
    }

    @Test
    void shouldNameKubectlInTheHelpOfItsPlugin() {
        // when
        nodejoin(Map.of("NODEJOIN_COMMAND_NAME", "kubectl nodejoin"), "status", "--help");

        // then
        assertThat(text()).contains("Usage: kubectl nodejoin status", "kubectl nodejoin status fra-1/worker-7");
    }

    @ParameterizedTest
    @CsvSource({
        "NODEJOIN_CLUSTER, Fra, the cluster name 'Fra' is no RFC 1123 label",
        "TEMPORAL_ADDRESS, '', temporal.target is empty",
        "KAFKA_BOOTSTRAP_SERVERS, '', kafka.bootstrapServers is empty",
    })
    void shouldRefuseABadValueOfTheEnvironment(String variable, String value, String rule) {
        // when
        int exit = nodejoin(Map.of(variable, value), "list");

        // then
        assertThat(exit).isEqualTo(ExitCodes.USAGE);
        assertThat(text()).startsWith("nodejoin: ").contains(rule).hasLineCount(1);
    }

    @Test
    void shouldTellADefectInOneLine() {
        // given
        PrintStream broken = new PrintStream(printed, true, StandardCharsets.UTF_8) {
            @Override
            public void println(String line) {
                throw new IllegalArgumentException("no such line");
            }
        };

        // when
        int exit = Main.commandLine(new Terminal(broken, stream, false), Map.of(), Clock.systemUTC())
                .execute("version");

        // then
        assertThat(exit).isEqualTo(ExitCodes.FAILED);
        assertThat(text())
                .isEqualTo("nodejoin: unexpected java.lang.IllegalArgumentException: no such line;"
                        + " NODEJOIN_LOG_LEVEL=DEBUG shows where it comes from\n");
    }

    private int nodejoin(Map<String, String> environment, String... line) {
        Map<String, String> all = environment.isEmpty()
                ? Map.of(
                        "KAFKA_BOOTSTRAP_SERVERS",
                        address(),
                        "TEMPORAL_ADDRESS",
                        address(),
                        "NODEJOIN_CLUSTER",
                        "fra-1")
                : environment;
        return Main.commandLine(new Terminal(stream, stream, false), all, Clock.systemUTC())
                .execute(line);
    }

    private String address() {
        return "127.0.0.1:" + system.socket().getLocalPort();
    }

    private String text() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    private Path kubeconfig() throws IOException {
        Path ca = directory.resolve("ca.crt");
        try (InputStream pem = BadCommandLineTest.class.getResourceAsStream("ca.crt")) {
            Files.copy(pem, ca);
        }
        return Files.writeString(directory.resolve("admin.conf"), """
                apiVersion: v1
                kind: Config
                clusters:
                - name: here
                  cluster: {server: "https://%s", certificate-authority: %s}
                contexts:
                - name: here
                  context: {cluster: here}
                current-context: here
                """.formatted(address(), ca));
    }
}
