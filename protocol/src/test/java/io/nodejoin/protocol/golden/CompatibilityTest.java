package io.nodejoin.protocol.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The documents of the contract against those of the last release, which lie in {@code src/test/resources/released}. */
class CompatibilityTest {
    private static final Path RELEASED = Path.of("src", "test", "resources", "released");
    private static final Path CURRENT = Path.of("src", "main", "resources", "io", "nodejoin", "protocol");
    private static final YAMLMapper YAML = new YAMLMapper();

    static List<Path> documents() throws IOException {
        try (Stream<Path> files = Files.walk(RELEASED)) {
            return files.filter(Files::isRegularFile)
                    .map(RELEASED::relativize)
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("documents")
    void shouldTakeNothingFromThoseWhoUseTheLastRelease(Path document) throws IOException {
        // when
        List<String> breaks = Compatibility.breaks(read(RELEASED.resolve(document)), read(CURRENT.resolve(document)));

        // then
        assertThat(breaks).as("a new type or version is needed").isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            schema/join-requested.v1.json   | /properties/rejoin                                       | /properties/rejoin is gone
            schema/join-requested.v1.json   | /$defs/taint/properties/value                            | /$defs/taint/properties/value is gone
            schema/join-failed.v1.json      | /properties/remedy/type                                  | /properties/remedy/type is gone
            agent-api.openapi.yaml          | /components/schemas/Assignment/properties/expiresAt      | /components/schemas/Assignment/properties/expiresAt is gone
            agent-api.openapi.yaml          | /components/schemas/HostReset                            | /components/schemas/HostReset is gone
            agent-api.openapi.yaml          | /paths/~1v1~1rejoins/post                                | /paths//v1/rejoins/post is gone
            agent-api.openapi.yaml          | /paths/~1v1~1rejoins/post/responses/202                  | /paths//v1/rejoins/post/responses/202 is gone
            asyncapi.yaml                   | /channels/events/messages/leaveFailed                    | /channels/events/messages/leaveFailed is gone
            """)
    void shouldFindWhatIsGone(Path document, String pointer, String found) throws IOException {
        // given
        JsonNode changed = read(CURRENT.resolve(document));
        int slash = pointer.lastIndexOf('/');
        ((ObjectNode) changed.at(pointer.substring(0, slash))).remove(pointer.substring(slash + 1));

        // when
        List<String> breaks = Compatibility.breaks(read(CURRENT.resolve(document)), changed);

        // then
        assertThat(breaks).containsExactly(found);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            schema/join-requested.v1.json | /properties/hostProfile/enum               | docker    | /properties/hostProfile/enum has docker no more
            schema/join-failed.v1.json    | /$defs/reasonClass/enum                    | capacity  | /$defs/reasonClass/enum has capacity no more
            agent-api.openapi.yaml        | /components/schemas/TlsBootstrap/enum      | kubelet   | /components/schemas/TlsBootstrap/enum has kubelet no more
            """)
    void shouldFindAConstantThatIsGone(Path document, String pointer, String constant, String found)
            throws IOException {
        // given
        JsonNode changed = read(CURRENT.resolve(document));
        ArrayNode constants = (ArrayNode) changed.at(pointer);
        constants.removeIf(each -> each.asText().equals(constant));

        // when
        List<String> breaks = Compatibility.breaks(read(CURRENT.resolve(document)), changed);

        // then
        assertThat(breaks).containsExactly(found);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            schema/join-requested.v1.json | ''                                    | addresses
            schema/join-requested.v1.json | /$defs/taint                          | value
            agent-api.openapi.yaml        | /components/schemas/EnrollmentRequest | preparation
            """)
    void shouldFindAMemberThatWasNotRequiredBefore(Path document, String pointer, String member) throws IOException {
        // given
        JsonNode changed = read(CURRENT.resolve(document));
        ((ObjectNode) changed.at(pointer)).withArray("required").add(member);

        // when
        List<String> breaks = Compatibility.breaks(read(CURRENT.resolve(document)), changed);

        // then
        assertThat(breaks).containsExactly(pointer + " requires " + member);
    }

    @Test
    void shouldFindARenamedMemberAnotherTypeAndAnotherTopic() throws IOException {
        // given
        ObjectNode request = (ObjectNode) read(CURRENT.resolve("schema/join-requested.v1.json"));
        ObjectNode members = (ObjectNode) request.path("properties");
        members.set("hostKind", members.remove("hostProfile"));
        ((ObjectNode) members.path("rejoin")).put("type", "string");
        ObjectNode topics = (ObjectNode) read(CURRENT.resolve("asyncapi.yaml"));
        ((ObjectNode) topics.at("/channels/requests")).put("address", "nodejoin.requests.v2");

        // when
        List<String> breaks = Compatibility.breaks(read(CURRENT.resolve("schema/join-requested.v1.json")), request);
        List<String> otherTopic = Compatibility.breaks(read(CURRENT.resolve("asyncapi.yaml")), topics);

        // then
        assertThat(breaks)
                .containsExactly(
                        "/properties/hostProfile is gone",
                        "/properties/rejoin/type is \"string\" instead of \"boolean\"");
        assertThat(otherTopic).hasSize(1).first().asString().startsWith("/channels/requests/address is");
    }

    @Test
    void shouldFindAParameterThatIsRequiredNow() throws JsonProcessingException {
        // given
        JsonNode before = YAML.readTree("parameters: [{name: limit}]");
        JsonNode now = YAML.readTree("parameters: [{name: limit}, {name: instance, required: true}]");

        // when
        List<String> breaks = Compatibility.breaks(before, now);

        // then
        assertThat(breaks).containsExactly("/parameters requires instance");
    }

    @Test
    void shouldAllowOptionalMembersConstantsTypesAndTexts() throws IOException {
        // given
        ObjectNode changed = (ObjectNode) read(CURRENT.resolve("schema/join-requested.v1.json"));
        changed.put("description", "Says it better.");
        ObjectNode members = (ObjectNode) changed.path("properties");
        members.putObject("rack").put("type", "string");
        ((ArrayNode) members.at("/hostProfile/enum")).add("crio");
        ((ObjectNode) members.path("addresses")).put("maxItems", 16);
        ((ObjectNode) changed.path("$defs")).putObject("rack").put("type", "string");

        // when
        List<String> breaks = Compatibility.breaks(read(CURRENT.resolve("schema/join-requested.v1.json")), changed);

        // then
        assertThat(breaks).isEmpty();
    }

    /** JSON is YAML. */
    private static JsonNode read(Path document) throws IOException {
        return YAML.readTree(Files.readString(document));
    }
}
