package io.nodejoin.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.client.config.TemporalConfig;
import io.nodejoin.protocol.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorCommandTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);

    @Test
    void shouldSayThatTheClusterCannotBeReached(@TempDir Path directory) throws IOException {
        // given
        Path ca = directory.resolve("ca.crt");
        try (InputStream pem = DoctorCommandTest.class.getResourceAsStream("ca.crt")) {
            Files.copy(pem, ca);
        }
        Path kubeconfig = Files.writeString(directory.resolve("admin.conf"), """
                apiVersion: v1
                kind: Config
                clusters:
                - name: gone
                  cluster: {server: "https://127.0.0.1:1", certificate-authority: %s}
                contexts:
                - name: gone
                  context: {cluster: gone}
                current-context: gone
                """.formatted(ca));

        // when
        int exit = doctor("--kubeconfig", kubeconfig.toString());

        // then
        assertThat(exit).isEqualTo(ExitCodes.UNREACHABLE);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .startsWith("nodejoin: cannot reach the API server at https://127.0.0.1:1: nothing accepts connections"
                        + " there; the address is that of the current context in " + kubeconfig)
                .hasLineCount(1);
    }

    @Test
    void shouldNameAKubeconfigThatIsNotThere() {
        // when
        int exit = doctor("--kubeconfig", "/nowhere/admin.conf");

        // then
        assertThat(exit).isEqualTo(ExitCodes.FAILED);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("/nowhere/admin.conf");
    }

    @Test
    void shouldSayWhatCanBeChecked() {
        // when
        int exit = Main.commandLine(new Terminal(stream, stream, false), Map.of(), Clock.systemUTC())
                .execute("doctor");

        // then
        assertThat(exit).isEqualTo(ExitCodes.USAGE);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("--kubeconfig FILE", "--config FILE")
                .hasLineCount(1);
    }

    @Test
    void shouldSayThatKafkaAndTemporalCannotBeReached(@TempDir Path directory) throws IOException {
        // given
        Path config = Files.writeString(directory.resolve("nodejoin.yaml"), """
                kafka: {bootstrapServers: "127.0.0.1:1"}
                temporal: {target: "127.0.0.1:1"}
                clusters:
                  fra-1: {kubeconfigFile: fra-1.conf, unsignedRequests: allow}
                gateway: {certificateFile: a, keyFile: b, agentCaCertificateFile: c, agentCaKeyFile: d}
                """);

        // when
        int exit = doctor("--config", config.toString());

        // then
        assertThat(exit).isEqualTo(ExitCodes.FAILED);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("FAIL  kafka topics          Kafka at 127.0.0.1:1 does not answer")
                .contains("FAIL  temporal namespace    Temporal at 127.0.0.1:1 does not answer")
                .contains("fix: " + ErrorCode.TEMPORAL_UNAVAILABLE.remedy())
                .contains("2 checks: 2 failed");
    }

    @Test
    void shouldWarnOfATemporalThatAnybodyMayWriteTo(@TempDir Path directory) throws IOException {
        // given
        Path config = Files.writeString(directory.resolve("nodejoin.yaml"), """
                kafka: {bootstrapServers: "127.0.0.1:1"}
                temporal: {target: "0.0.0.0:1", insecure: true}
                clusters:
                  fra-1: {kubeconfigFile: fra-1.conf, unsignedRequests: allow}
                gateway: {certificateFile: a, keyFile: b, agentCaCertificateFile: c, agentCaKeyFile: d}
                """);

        // when
        doctor("--config", config.toString());

        // then
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("warn  temporal access       whoever reaches Temporal at 0.0.0.0:1 can start joins")
                .contains("fix: " + TemporalConfig.HOW_TO_SECURE);
    }

    private int doctor(String option, String value) {
        return Main.commandLine(new Terminal(stream, stream, false), Map.of(), Clock.systemUTC())
                .execute("doctor", option, value);
    }
}
