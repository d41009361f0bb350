package io.nodejoin.protocol.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.nodejoin.protocol.join.JoinEvent;
import io.nodejoin.protocol.join.JoinEventType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class AsyncApiTest {
    private static final String DOCUMENT = "/io/nodejoin/protocol/asyncapi.yaml";

    @Test
    void shouldNameExactlyTheKnownTypesOnTheirTopics() throws JsonProcessingException {
        // given
        JsonNode document = document();

        // when
        List<String> requests = types(document, "requests");
        List<String> events = types(document, "events");

        // then
        assertThat(requests).containsExactlyElementsOf(known(JoinEvent.Request.class));
        assertThat(events).containsExactlyElementsOf(known(JoinEvent.Outcome.class));
        assertThat(document.path("components").path("messages")).hasSize(JoinEventType.values().length + 1);
    }

    @Test
    void shouldReferToTheSchemaOfEachType() throws JsonProcessingException {
        for (JsonNode message : document().path("components").path("messages")) {
            String type = message.path("name").asText();
            if (!type.equals("deadLetter")) {
                // given
                JoinEventType known = JoinEventType.ofType(type).orElseThrow();

                // when
                String reference =
                        message.path("payload").path("schema").path("$ref").asText();

                // then
                assertThat(reference).isEqualTo("schema/" + Golden.fileName(known));
                assertThat(Golden.text("/io/nodejoin/protocol/" + reference)).isNotEmpty();
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
        return new YAMLMapper().readTree(Golden.text(DOCUMENT));
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

    private static List<String> known(Class<? extends JoinEvent> side) {
        return Arrays.stream(JoinEventType.values())
                .filter(type -> side.isAssignableFrom(type.data()))
                .map(JoinEventType::type)
                .toList();
    }
}
