package io.nodejoin.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.agent.host.FakeHost;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreflightCommandTest {
    @TempDir
    private Path root;

    @TempDir
    private Path elsewhere;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private FakeHost host;

    @BeforeEach
    void makeHost() {
        host = new FakeHost(root);
    }

    private int run(String... words) throws InterruptedException {
        PrintStream out = new PrintStream(output, true, StandardCharsets.UTF_8);
        return new PreflightCommand(host.parts(), out).run(List.of(words));
    }

    private String printed() {
        return output.toString(StandardCharsets.UTF_8);
    }

    @Test
    void shouldPrintATableAndExitWithZeroIfAllChecksPass() throws InterruptedException {
        // when
        int code = run("--kubernetes-version", "v1.37.2");

        // then
        assertThat(code).isZero();
        assertThat(printed()).contains("kubelet-binary", " 0 errors");
    }

    @Test
    void shouldExitWithOneAndPrintTheRemedyOfAnError() throws InterruptedException {
        // given
        host.network().occupy(10250);

        // when
        int code = run("--output", "json");

        // then
        assertThat(code).isOne();
        assertThat(printed()).contains("\"passed\" : false", "TCP port 10250 is in use", "ss -Hltnp");
    }

    @Test
    void shouldIgnoreTheConfiguredChecksAndConnectToTheConfiguredGateway() throws IOException, InterruptedException {
        // given
        host.network().occupy(10250);
        Path config = Files.writeString(elsewhere.resolve("agent.json"), """
                {"cluster":"prod","node":"w1","gateway":"https://gw:8443","gatewayCaFile":"/ca",
                 "enrollmentSecretFile":"/secret","stateDirectory":"/state","ignoredChecks":["port"]}""");

        // when
        int code = run("--config", config.toString());

        // then
        assertThat(code).isZero();
        assertThat(printed()).containsPattern("port +ignored").containsPattern("gateway +passed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"--force yes", "--output", "--output xml", "--profile podman", "--output json --output table"})
    void shouldRejectAnUnknownCommand(String line) {
        // when
        ThrowingCallable run = () -> run(line.split(" ", -1));

        // then
        assertThatThrownBy(run).isInstanceOf(IllegalArgumentException.class);
        assertThat(printed()).isEmpty();
    }
}
