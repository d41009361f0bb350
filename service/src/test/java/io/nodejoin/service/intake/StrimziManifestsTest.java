package io.nodejoin.service.intake;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The objects of Strimzi against the rights that {@link KafkaAclsIT} proves on a broker. */
class StrimziManifestsTest {
    private static final Path DIRECTORY = Path.of("..", "deploy", "kafka", "strimzi");

    @TempDir
    private Path directory;

    static List<String> parts() {
        return AclScript.PARTS;
    }

    @ParameterizedTest
    @MethodSource("parts")
    void shouldGrantWhatTheScriptGrantsAndNothingElse(String part) throws Exception {
        // given
        JsonNode user = objects().stream()
                .filter(object -> object.at("/metadata/annotations/nodejoin.io~1part")
                        .asText()
                        .equals(part))
                .findFirst()
                .orElseThrow();
        String name = user.at("/metadata/name").asText();

        // when
        List<AclBinding> granted = bindings(name, user.at("/spec/authorization/acls"));

        // then
        assertThat(granted).containsExactlyInAnyOrderElementsOf(new AclScript(directory).granted(part, name));
        assertThat(user.at("/spec/authorization/type").asText()).isEqualTo("simple");
    }

    @Test
    void shouldHaveAUserForEachPartAndTheTopicsThatTheyNeed() throws Exception {
        // when
        List<JsonNode> objects = objects();

        // then
        List<String> topics = new AclScript(directory)
                .granted("service", "nodejoin").stream()
                        .map(AclBinding::pattern)
                        .filter(pattern -> pattern.resourceType() == ResourceType.TOPIC)
                        .map(ResourcePattern::name)
                        .distinct()
                        .toList();
        assertThat(names(objects, "KafkaTopic")).containsExactlyInAnyOrderElementsOf(topics);
        assertThat(names(objects, "KafkaUser")).hasSameSizeAs(AclScript.PARTS);
        assertThat(objects).allSatisfy(object -> {
            assertThat(object.path("apiVersion").asText()).isEqualTo("kafka.strimzi.io/v1");
            assertThat(object.at("/metadata/labels").has("strimzi.io/cluster")).isTrue();
        });
    }

    private static List<String> names(List<JsonNode> objects, String kind) {
        return objects.stream()
                .filter(object -> object.path("kind").asText().equals(kind))
                .map(object -> object.at("/metadata/name").asText())
                .toList();
    }

    private static List<AclBinding> bindings(String user, JsonNode acls) {
        List<AclBinding> bindings = new ArrayList<>();
        for (JsonNode acl : acls) {
            ResourceType type = ResourceType.fromString(acl.at("/resource/type").asText());
            String pattern = acl.at("/resource/patternType").asText().toUpperCase(Locale.ROOT);
            ResourcePattern resource =
                    new ResourcePattern(type, acl.at("/resource/name").asText(), PatternType.fromString(pattern));
            for (JsonNode operation : acl.path("operations")) {
                bindings.add(new AclBinding(
                        resource,
                        new AccessControlEntry(
                                "User:" + user,
                                acl.path("host").asText("*"),
                                AclOperation.fromString(operation.asText()),
                                AclPermissionType.fromString(acl.path("type").asText("allow")))));
            }
        }
        return bindings;
    }

    /** As one document after the other, since people apply several files at once. */
    private static List<JsonNode> objects() throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            for (Path file : files.sorted().toList()) {
                all.append(Files.readString(file));
            }
        }
        YAMLMapper mapper = YAMLMapper.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
        try (MappingIterator<JsonNode> documents =
                mapper.readerFor(JsonNode.class).readValues(all.toString())) {
            return documents.readAll();
        }
    }
}
