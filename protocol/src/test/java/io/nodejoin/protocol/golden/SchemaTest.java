package io.nodejoin.protocol.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.ReasonClass;
import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.LifecycleEventType;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.protocol.event.Taint;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SchemaTest {
    @ParameterizedTest
    @EnumSource(LifecycleEventType.class)
    void shouldAcceptTheGoldenData(LifecycleEventType type) {
        assertThat(SchemaValidator.validate(type, GoldenFiles.readEvent(type))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(LifecycleEventType.class)
    void shouldAcceptAnEventWithoutOptionalMembers(LifecycleEventType type) throws JsonProcessingException {
        // given
        ObjectNode shortest = (ObjectNode) GoldenFiles.MAPPER.readTree(GoldenFiles.readEvent(type));
        JsonNode schema = GoldenFiles.MAPPER.readTree(GoldenFiles.readSchema(type));
        Stream<JsonNode> required = Stream.concat(
                StreamSupport.stream(schema.path("required").spliterator(), false),
                StreamSupport.stream(schema.at("/anyOf/0/required").spliterator(), false));
        shortest.retain(required.map(JsonNode::asText).toList());

        // when
        LifecycleEvent event = GoldenFiles.MAPPER.treeToValue(shortest, type.dataClass());

        // then
        assertThat(SchemaValidator.validate(type, GoldenFiles.MAPPER.writeValueAsString(event)))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(LifecycleEventType.class)
    void shouldHaveTheMembersOfTheRecord(LifecycleEventType type) throws JsonProcessingException {
        // given
        JsonNode schema = GoldenFiles.MAPPER.readTree(GoldenFiles.readSchema(type));

        // when
        List<String> members = names(schema.path("properties"));

        // then
        assertThat(members).containsExactlyElementsOf(members(type.dataClass()));
        assertThat(schema.path("additionalProperties").isBoolean()).isTrue();
        assertThat(schema.path("additionalProperties").booleanValue()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = LifecycleEventType.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"JOIN_REQUESTED", "MACHINE_OFFERED"})
    void shouldRequireEachNonNullComponent(LifecycleEventType type) throws JsonProcessingException {
        // given
        JsonNode schema = GoldenFiles.MAPPER.readTree(GoldenFiles.readSchema(type));

        // when
        List<String> required = new ArrayList<>();
        schema.path("required").forEach(member -> required.add(member.asText()));

        // then
        assertThat(required)
                .containsExactlyElementsOf(Arrays.stream(type.dataClass().getRecordComponents())
                        .filter(component -> !component.getAnnotatedType().isAnnotationPresent(Nullable.class))
                        .map(RecordComponent::getName)
                        .toList());
    }

    @ParameterizedTest
    @EnumSource(LifecycleEventType.class)
    void shouldDescribeEveryMember(LifecycleEventType type) throws JsonProcessingException {
        // given
        JsonNode schema = GoldenFiles.MAPPER.readTree(GoldenFiles.readSchema(type));

        // when
        List<String> silent = names(schema.path("properties")).stream()
                .filter(member -> schema.path("properties")
                                .path(member)
                                .path("description")
                                .asText()
                                .isEmpty()
                        && definition(schema, member)
                                .path("description")
                                .asText()
                                .isEmpty())
                .toList();

        // then
        assertThat(silent).isEmpty();
        assertThat(schema.path("title").asText()).isNotEmpty();
        assertThat(schema.path("description").asText()).isNotEmpty();
        assertThat(schema.path("$id").asText() + ".json")
                .isEqualTo("urn:nodejoin:schema:" + GoldenFiles.fileName(type));
    }

    @Test
    void shouldDefineSharedTypesEquallyInAllSchemas() throws JsonProcessingException {
        // given
        Map<String, JsonNode> definitions = new HashMap<>();

        for (LifecycleEventType type : LifecycleEventType.values()) {
            for (Map.Entry<String, JsonNode> definition : GoldenFiles.MAPPER
                    .readTree(GoldenFiles.readSchema(type))
                    .path("$defs")
                    .properties()) {
                // when
                JsonNode known = definitions.putIfAbsent(definition.getKey(), definition.getValue());

                // then
                assertThat(known == null || known.equals(definition.getValue()))
                        .as("%s in %s", definition.getKey(), type)
                        .isTrue();
            }
        }
    }

    @Test
    void shouldListExactlyTheWordsOfTheEnums() throws JsonProcessingException {
        // given
        JsonNode failed = GoldenFiles.MAPPER.readTree(GoldenFiles.readSchema(LifecycleEventType.JOIN_FAILED));
        JsonNode requested = GoldenFiles.MAPPER.readTree(GoldenFiles.readSchema(LifecycleEventType.JOIN_REQUESTED));

        // when
        JsonNode taint = requested.path("$defs").path("taint");

        // then
        assertThat(words(failed.path("$defs").path("phase"))).containsExactlyElementsOf(words(Phase.class));
        assertThat(words(failed.path("$defs").path("reasonClass"))).containsExactlyElementsOf(words(ReasonClass.class));
        assertThat(words(requested.path("properties").path("hostProfile")))
                .containsExactlyElementsOf(words(HostProfile.class));
        assertThat(words(taint.path("properties").path("effect"))).containsExactlyElementsOf(words(Taint.Effect.class));
        assertThat(names(taint.path("properties"))).containsExactlyElementsOf(components(Taint.class));
        assertThat(names(failed.path("$defs").path("phaseTime").path("properties")))
                .containsExactlyElementsOf(components(PhaseTime.class));
    }

    private static JsonNode definition(JsonNode schema, String member) {
        String reference = schema.path("properties").path(member).path("$ref").asText();
        return schema.path("$defs").path(reference.substring(reference.lastIndexOf('/') + 1));
    }

    private static List<String> names(JsonNode object) {
        return object.properties().stream().map(Map.Entry::getKey).toList();
    }

    private static List<String> words(JsonNode schema) {
        List<String> words = new ArrayList<>();
        schema.path("enum").forEach(word -> words.add(word.asText()));
        return words;
    }

    private static List<String> words(Class<? extends Enum<?>> type) {
        return Arrays.stream(type.getFields())
                .filter(field -> field.isEnumConstant())
                .map(field -> field.isAnnotationPresent(JsonProperty.class)
                        ? field.getAnnotation(JsonProperty.class).value()
                        : field.getName())
                .toList();
    }

    /** The components, and what is derived from them. */
    private static List<String> members(Class<?> type) {
        Stream<String> derived = Arrays.stream(type.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(JsonProperty.class))
                .map(Method::getName);
        return Stream.concat(components(type).stream(), derived).toList();
    }

    private static List<String> components(Class<?> type) {
        return Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getName)
                .toList();
    }
}
