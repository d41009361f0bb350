package io.nodejoin.service.main;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.cli.CommandContext;
import io.nodejoin.cli.ExitCodes;
import io.nodejoin.cli.Main;
import io.nodejoin.cli.Terminal;
import io.nodejoin.service.wiring.EffectInterceptors;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigCommandsTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path directory;

    private Path config(String more) throws IOException {
        for (String name : new String[] {"prod.kubeconfig", "gateway.crt", "gateway.key", "ca.crt", "ca.key"}) {
            Files.createFile(directory.resolve(name));
        }
        return Files.writeString(directory.resolve("nodejoin.yaml"), """
                kafka: {bootstrapServers: "broker:9092"}
                clusters:
                  prod: {kubeconfigFile: %1$s/prod.kubeconfig, unsignedRequests: allow}
                gateway:
                  certificateFile: %1$s/gateway.crt
                  keyFile: %1$s/gateway.key
                  agentCaCertificateFile: %1$s/ca.crt
                  agentCaKeyFile: %1$s/ca.key
                audit: {file: %1$s/audit.jsonl}
                %2$s
                """.formatted(directory, more));
    }

    @Test
    void shouldAcceptAConfigurationWhoseFilesAreThere() throws IOException {
        // given
        Path file = config("");

        // when
        int exit = nodejoin("config", "check", "--config", file.toString());

        // then
        assertThat(exit).isEqualTo(ExitCodes.OK);
        assertThat(text(out)).isEqualTo(file + " can be used\n");
    }

    @Test
    void shouldNameTheReplicaOutsideOfTheFileThatReplicasShare() throws IOException {
        // given
        Path file = config("");

        // when
        int named =
                nodejoin("serve", "--check-config", "--config", file.toString(), "--gateway-instance", "nodejoin-0");
        int misnamed = nodejoin("serve", "--check-config", "--config", file.toString(), "--gateway-instance", "Node_0");

        // then
        assertThat(named).isEqualTo(ExitCodes.OK);
        assertThat(misnamed).isEqualTo(ExitCodes.USAGE);
        assertThat(text(err)).contains("--gateway-instance: gateway.instance is 'Node_0'; allowed: ");
    }

    @Test
    void shouldRefuseAConfigurationWithAMissingFileInBothWays() throws IOException {
        // given
        Path file = config("");
        Files.delete(directory.resolve("gateway.key"));

        // when
        int check = nodejoin("config", "check", "--config", file.toString());
        int serve = nodejoin("serve", "--check-config", "--config", file.toString());

        // then
        assertThat(check).isEqualTo(ExitCodes.USAGE).isEqualTo(serve);
        assertThat(text(err).lines().distinct())
                .containsExactly(
                        "nodejoin: " + file + ": gateway.keyFile: there is no file " + directory + "/gateway.key");
    }

    @Test
    void shouldRefuseAFileForTemporalThatCannotBeUsed() throws IOException {
        // given
        Path key = Files.createFile(directory.resolve("api-key"));
        Path file = config("temporal: {apiKeyFile: " + key + "}");

        // when
        int exit = nodejoin("config", "check", "--config", file.toString());

        // then
        assertThat(exit).isEqualTo(ExitCodes.USAGE);
        assertThat(text(err)).contains("TEMPORAL_CREDENTIALS_INVALID: " + key + " is empty. To do: ");
    }

    @Test
    void shouldPrintTheDefaultsToo() throws IOException {
        // given
        Path file = config("join: {deadline: 10m}");

        // when
        int exit = nodejoin("config", "print", "--config", file.toString());

        // then
        assertThat(exit).isEqualTo(ExitCodes.OK);
        assertThat(text(out)).contains("deadline: 10m", "tokenTtl: 10m", "requestsTopic: nodejoin.requests.v1");
    }

    @Test
    void shouldPrintJsonForPrograms() throws IOException {
        // given
        Path file = config("");

        // when
        nodejoin("config", "print", "--config", file.toString(), "-o", "json");

        // then
        assertThat(text(out)).contains("\"deadline\":\"14m\"").hasLineCount(1);
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }

    private int nodejoin(String... line) {
        Terminal terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false);
        return Main.commandLine(
                        new CommandContext(terminal, Map.of(), Clock.systemUTC()),
                        ServiceMain.program(EffectInterceptors.none()))
                .execute(line);
    }
}
