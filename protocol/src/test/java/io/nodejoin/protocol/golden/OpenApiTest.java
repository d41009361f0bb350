package io.nodejoin.protocol.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.nodejoin.protocol.agent.CommandMilestone;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenApiTest {
    private static final String DOCUMENT = "/io/nodejoin/protocol/agent-api.openapi.yaml";
    private static final SchemaRegistry REGISTRY =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    @ParameterizedTest
    @CsvSource({
        "enrollment-request, EnrollmentRequest",
        "enrollment-request-prepared, EnrollmentRequest",
        "enrollment-request-attested, EnrollmentRequest",
        "attestation-request, AttestationRequest",
        "attestation-challenge, AttestationChallenge",
        "enrollment-response-enrolled, Enrolled",
        "enrollment-response-with-command, Enrolled",
        "enrollment-response-pending, Pending",
        "rejoin-request, RejoinRequest",
        "pool-announcement, PoolAnnouncement",
        "pool-assignment, PoolAssignment",
        "rejoin-response, RejoinResponse",
        "renewal-request, RenewalRequest",
        "poll-request, PollRequest",
        "progress-report, ProgressReport",
        "host-log-report, HostLogReport",
        "assignment-preflight, Assignment",
        "assignment-prepare-host, Assignment",
        "assignment-start-kubelet, Assignment",
        "assignment-start-kubelet-verified, Assignment",
        "assignment-reset-host, Assignment",
        "assignment-collect-diagnostics, Assignment",
        "result-preflight-passed, HostResult",
        "result-host-prepared, HostResult",
        "result-kubelet-bootstrapped, HostResult",
        "result-host-reset, HostResult",
        "result-diagnostics, HostResult",
        "result-host-failed, HostResult"
    })
    void shouldDescribeEveryMessage(String golden, String schema) throws JsonProcessingException {
        // given
        ObjectNode message = (ObjectNode) GoldenFiles.MAPPER.readTree(GoldenFiles.readAgentMessage(golden));

        // when
        List<Error> errors = errors(schema, message);
        List<Error> errorsOfMoreMembers = errors(schema, message.deepCopy().put("exec", "id"));

        // then
        assertThat(errors).isEmpty();
        assertThat(errorsOfMoreMembers).isNotEmpty();
    }

    @Test
    void shouldListEveryCommandResultAndMilestone() throws JsonProcessingException {
        // given
        JsonNode schemas = document().at("/components/schemas");

        // when
        List<String> commands = alternatives(schemas.path("HostCommand"));
        List<String> results = alternatives(schemas.path("HostResult"));
        List<String> milestones = new ArrayList<>();
        schemas.at("/ProgressReport/properties/milestone/enum")
                .forEach(milestone -> milestones.add(milestone.asText()));

        // then
        assertThat(commands).containsExactlyElementsOf(names(HostCommand.class));
        assertThat(results).containsExactlyElementsOf(names(HostResult.class));
        assertThat(milestones)
                .containsExactlyElementsOf(
                        Arrays.stream(CommandMilestone.values()).map(Enum::name).toList());
    }

    @Test
    void shouldResolveEveryReferenceWithinTheDocument() throws JsonProcessingException {
        // given
        JsonNode document = document();

        // when
        Stream<String> dangling = document.findValuesAsText("$ref").stream()
                .filter(reference -> document.at(reference.substring(1)).isMissingNode());

        // then
        assertThat(dangling).isEmpty();
    }

    private static List<Error> errors(String schema, JsonNode message) throws JsonProcessingException {
        ObjectNode root = (ObjectNode) document();
        root.put("$ref", "#/components/schemas/" + schema);
        return REGISTRY.getSchema(root.toString())
                .validate(
                        message.toString(),
                        InputFormat.JSON,
                        context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)));
    }

    private static List<String> alternatives(JsonNode schema) {
        List<String> names = new ArrayList<>();
        for (JsonNode alternative : schema.path("oneOf")) {
            names.add(alternative.path("$ref").asText().replace("#/components/schemas/", ""));
        }
        return names;
    }

    private static List<String> names(Class<?> family) {
        return Arrays.stream(family.getAnnotation(JsonSubTypes.class).value())
                .map(JsonSubTypes.Type::name)
                .toList();
    }

    private static JsonNode document() throws JsonProcessingException {
        return new YAMLMapper().readTree(GoldenFiles.readResource(DOCUMENT));
    }
}
