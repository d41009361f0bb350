package io.nodejoin.protocol.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.LifecycleEventType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class AsyncApiTest {
    private static final String DOCUMENT = "/io/nodejoin/protocol/asyncapi.yaml";

    @Test
    void shouldListExactlyTheKnownTypesOnTheirTopics() throws JsonProcessingException {
        // given
        JsonNode document = document();

        // when
        List<String> requests = types(document, "requests");
        List<String> events = types(document, "events");

        // then
        assertThat(requests).containsExactlyElementsOf(known(LifecycleEvent.Request.class));
        assertThat(events).containsExactlyElementsOf(known(LifecycleEvent.Outcome.class));
        assertThat(document.path("components").path("messages")).hasSize(LifecycleEventType.values().length + 1);
    }

    @Test
    void shouldReferToTheSchemaOfEachType() throws JsonProcessingException {
        for (JsonNode message : document().path("components").path("messages")) {
            String type = message.path("name").asText();
            if (!type.equals("deadLetter")) {
                // given
                LifecycleEventType known =
                        LifecycleEventType.fromCloudEventType(type).orElseThrow();

                // when
                String reference =
                        message.path("payload").path("schema").path("$ref").asText();

                // then
                assertThat(reference).isEqualTo("schema/" + GoldenFiles.fileName(known));
                assertThat(GoldenFiles.readResource("/io/nodejoin/protocol/" + reference))
                        .isNotEmpty();
            }
        }
    }

    @Test
    void shouldResolveEveryReferenceWithinTheDocument() throws JsonProcessingException {
        // given
        JsonNode document = document();

        // when
        List<String> dangling = document.findValuesAsText("$ref").stream()
                .filter(reference -> reference.startsWith("#"))
                .filter(reference -> document.at(reference.substring(1)).isMissingNode())
                .toList();

        // then
        assertThat(dangling).isEmpty();
    }

    private static JsonNode document() throws JsonProcessingException {
        return new YAMLMapper().readTree(GoldenFiles.readResource(DOCUMENT));
    }

    private static List<String> types(JsonNode document, String channel) {
        List<String> types = new ArrayList<>();
        for (JsonNode message : document.path("channels").path(channel).path("messages")) {
            types.add(document.at(message.path("$ref").asText().substring(1))
                    .path("name")
                    .asText());
        }
        return types;
    }

    private static List<String> known(Class<? extends LifecycleEvent> side) {
        return Arrays.stream(LifecycleEventType.values())
                .filter(type -> side.isAssignableFrom(type.dataClass()))
                .map(LifecycleEventType::cloudEventType)
                .toList();
    }
}
