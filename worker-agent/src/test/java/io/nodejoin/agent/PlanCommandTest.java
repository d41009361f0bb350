package io.nodejoin.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.agent.host.FakeHost;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanCommandTest {
    @TempDir
    private Path root;

    private FakeHost host;

    @BeforeEach
    void makeHost() {
        host = new FakeHost(root);
        host.text("/etc/fstab", "/dev/vda2 none swap sw 0 0\n");
    }

    private String plan(String... options) {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        new PlanCommand(host.parts(), new PrintStream(output, true, StandardCharsets.UTF_8)).run(List.of(options));
        return output.toString(StandardCharsets.UTF_8);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            return paths.toList();
        }
    }

    @Test
    void shouldPrintStepsWithWhatTheyWriteAndChangeNothing() throws IOException {
        // given
        List<Path> before = files();

        // when
        String plan = plan();

        // then
        assertThat(plan).contains(" 1. write /etc/fstab\n      #nodejoin# /dev/vda2 none swap sw 0 0\n");
        assertThat(files()).isEqualTo(before);
        assertThat(host.calls()).isEmpty();
    }

    @Test
    void shouldPrintTheSameForTheSameHost() {
        // given
        String first = plan();

        // when
        String second = plan();

        // then
        assertThat(second).isEqualTo(first);
    }

    @Test
    void shouldPrintTheSameAsJson() throws JsonProcessingException {
        // when
        JsonNode plan = new JsonMapper().readTree(plan("--output", "json"));

        // then
        assertThat(plan.path("digest").asText()).matches("[0-9a-f]{64}");
        assertThat(plan.at("/steps/0").toString())
                .isEqualTo("{\"name\":\"write /etc/fstab\",\"mode\":\"0644\","
                        + "\"content\":\"#nodejoin# /dev/vda2 none swap sw 0 0\\n\"}");
    }
}
