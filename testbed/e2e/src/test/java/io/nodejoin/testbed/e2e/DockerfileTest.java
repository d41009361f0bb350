package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.testbed.provision.SourceTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Dockerfiles and the build without a container engine give images of the same configuration. */
class DockerfileTest {
    private static final Path IMAGES = SourceTree.locate().module("deploy").resolve("images");
    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final Pattern ASSIGNMENT = Pattern.compile("([\\w.]+)=(\"[^\"]*\"|\\S+)");
    private static final Pattern ARGUMENT = Pattern.compile("\\$\\{(\\w+)}");

    @ParameterizedTest
    @CsvSource({"Dockerfile, config.json", "agent-installer.Dockerfile, agent-installer.json"})
    void shouldGiveTheConfigurationOfTheBuildWithoutAnEngine(String dockerfile, String config) throws IOException {
        // given
        JsonNode expected = JSON.readTree(
                        Files.readString(IMAGES.resolve(config)).replaceAll("\\[@\\w+@]", "[]"))
                .get("config");

        // when
        Map<String, String> stage = lastStage(Files.readString(IMAGES.resolve(dockerfile)));

        // then
        assertThat(instruction(stage, "USER")).isEqualTo(expected.get("User").asText());
        assertThat(instruction(stage, "WORKDIR"))
                .isEqualTo(expected.get("WorkingDir").asText());
        assertThat(JSON.readTree(instruction(stage, "ENTRYPOINT"))).isEqualTo(expected.get("Entrypoint"));
        assertThat(JSON.readTree(instruction(stage, "CMD"))).isEqualTo(expected.get("Cmd"));
        assertThat(Arrays.stream(instruction(stage, "EXPOSE").split(" "))
                        .filter(port -> !port.isEmpty())
                        .map(port -> port + "/tcp"))
                .containsExactlyElementsOf(labels(expected.path("ExposedPorts")).keySet());
        assertThat(assignments(instruction(stage, "ENV"))
                        .map(variable -> variable.group(1) + "=" + variable.group(2))
                        .toList())
                .isEqualTo(strings(expected.get("Env")));
        assertThat(labels(instruction(stage, "LABEL"))).isEqualTo(labels(expected.get("Labels")));
    }

    private static String instruction(Map<String, String> stage, String name) {
        return stage.getOrDefault(name, "");
    }

    /** The instructions of the last stage, one argument text each. */
    private static Map<String, String> lastStage(String dockerfile) {
        String text = dockerfile.replaceAll("\\\\\n", " ");
        return text.substring(text.lastIndexOf("\nFROM "))
                .lines()
                .filter(line -> line.matches("[A-Z]+ .*"))
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.indexOf(' ')),
                        line -> line.substring(line.indexOf(' ') + 1),
                        (first, second) -> first + "\n" + second));
    }

    private static Stream<MatchResult> assignments(String arguments) {
        return ASSIGNMENT.matcher(arguments).results();
    }

    private static Map<String, String> labels(String arguments) {
        return assignments(arguments)
                .collect(Collectors.toMap(
                        label -> label.group(1),
                        label -> ARGUMENT.matcher(label.group(2).replace("\"", ""))
                                .replaceAll("@$1@"),
                        (_, second) -> second,
                        TreeMap::new));
    }

    private static Map<String, String> labels(JsonNode labels) {
        return labels.properties().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, label -> label.getValue().asText(), (_, second) -> second, TreeMap::new));
    }

    private static List<String> strings(JsonNode array) {
        return array.valueStream().map(JsonNode::asText).toList();
    }
}
