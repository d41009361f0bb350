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
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
            leave n1 --wait --timeout 900                  | --timeout         | '900' DURATION
            leave n1 --deadline 900                        | --deadline        | '900' DURATION
            leave n1 --grace-period -1                     | --grace-period    | '-1' is no whole number from 0 to 86400
            leave n1 --grace-period 86401                  | --grace-period    | '86401' is no whole number from 0 to 86400
            leave n1 --grace-period 30s                    | --grace-period    | '30s' is no whole number
            cancel n1 --wait --timeout 5                   | --timeout         | '5' DURATION
            cancel n1 --wait --timeout -5m                 | --timeout         | '-5m' DURATION
            cluster prepare --credential F --kubeconfig KUBECONFIG --credential-life 1day | --credential-life | '1day' DURATION
            cluster prepare --credential F --kubeconfig KUBECONFIG --credential-life 9m | --credential-life | allowed: 10m to 876000h
            list --limit -1                                | --limit           | '-1' is no whole number from 1 to 1000000
            list --limit 0                                 | --limit           | '0' is no whole number from 1 to 1000000
            list --limit many                              | --limit           | 'many' is no whole number
            list --cluster x'OR'NodeJoinCluster'!='        | the cluster name  | is no RFC 1123 label
            list --cluster Fra                             | the cluster name  | 'Fra' is no RFC 1123 label
            status n1 --cluster Fra                        | the cluster name  | 'Fra' is no RFC 1123 label
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
        assertThat(text()).startsWith("nodejoin: Missing required subcommand\n").contains("serve", "join", "leave");
    }

    @Test
    void shouldGuessWhatAMisspelledOptionIs() {
        // when
        int exit = nodejoin(Map.of(), "join", "n1", "--timout", "5m");

        // then
        assertThat(exit).isEqualTo(ExitCodes.USAGE);
        assertThat(text()).contains("Possible solutions: --timeout");
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
