package io.nodejoin.dashboard.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.nodejoin.dashboard.access.Access;
import io.nodejoin.dashboard.preview.InventedEvents;
import io.nodejoin.dashboard.preview.InventedJoins;
import io.nodejoin.dashboard.preview.PreviewServer;
import io.nodejoin.visibility.event.DeadLetter;
import io.nodejoin.visibility.join.JoinSummary;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Holds what the running dashboard answers against its OpenAPI document, whose schemas are JSON Schema 2020-12. */
class ApiContractTest {
    private static final Instant NOW = Instant.parse("2026-11-30T10:00:00Z");
    private static final SchemaRegistry REGISTRY =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    private final InventedJoins joins = new InventedJoins(60, NOW, 3);
    private final PreviewServer server = new PreviewServer(new Access.LocalReadOnly(), joins, () -> NOW, 0);
    private final TestBrowser client = new TestBrowser();

    @BeforeEach
    void publish() {
        InventedEvents.publish(joins.all(), server.events());
        server.deadLetters()
                .add(new DeadLetter(2, 7, NOW, "UNKNOWN_CLUSTER", "no such cluster", null, "fra-1/n1", "in-0@1", 9));
    }

    @AfterEach
    void close() {
        server.close();
        client.close();
    }

    /** The stream of events is no body that could be read to its end. */
    static Stream<String> documentedPaths() {
        return document().get("paths").propertyNames().stream().filter(path -> !path.endsWith("/events"));
    }

    @ParameterizedTest
    @MethodSource("documentedPaths")
    void shouldAnswerAsTheDocumentSays(String path) throws Exception {
        // given a join in each state
        List<JoinSummary> all =
                joins.all().stream().map(InventedJoins.InventedJoin::summary).toList();
        List<String> addresses = path.contains("{")
                ? all.stream()
                        .map(join -> path.replace(
                                        "{cluster}", join.node().cluster().value())
                                .replace("{node}", join.node().name().value()))
                        .toList()
                : List.of(path);

        for (String address : addresses) {
            // when
            HttpResponse<String> response = client.get(server.address(), address);

            // then
            assertThat(response.statusCode()).as(address).isEqualTo(200);
            assertThat(violations(path, response)).as(address).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/api/v1/joins, /api/v1/joins?phase=Flying, 400",
        "/api/v1/joins, /api/v1/joins?limit=0, 400",
        "/api/v1/joins/{cluster}/{node}, /api/v1/joins/fra-1/nobody, 404",
        "/api/v1/joins/{cluster}/{node}/log, /api/v1/joins/fra-1/nobody/log, 404"
    })
    void shouldRefuseAsTheDocumentSays(String path, String address, int status) throws Exception {
        // when
        HttpResponse<String> response = client.get(server.address(), address);

        // then
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(violations(path, response)).isEmpty();
    }

    @Test
    void shouldNoticeAMemberThatIsMissingOrNotDocumented() throws Exception {
        // given
        HttpResponse<String> response = client.get(server.address(), "/api/v1/joins?limit=1");
        JsonNode schema = schema("/api/v1/joins", response);

        // when, then
        assertThat(violations(schema, response.body())).isEmpty();
        assertThat(violations(schema, response.body().replace("\"joins\":", "\"join\":")))
                .isNotEmpty();
    }

    private static List<String> violations(String path, HttpResponse<String> response) {
        return violations(schema(path, response), response.body());
    }

    /** Returns the schema of a response of this status and type. */
    private static JsonNode schema(String path, HttpResponse<String> response) {
        String type = response.headers().firstValue("Content-Type").orElseThrow();
        JsonNode schema = document()
                .get("paths")
                .get(path)
                .at("/get/responses/" + response.statusCode() + "/content")
                .path(type)
                .path("schema");
        assertThat(schema.isMissingNode())
                .as(path + " documents no " + response.statusCode() + " " + type)
                .isFalse();
        return schema;
    }

    private static List<String> violations(JsonNode schema, String body) {
        JsonNode schemas = document().get("components").get("schemas");
        close(schemas);
        ObjectNode root = ((ObjectNode) schema).deepCopy();
        root.set("$defs", schemas);
        return REGISTRY
                .getSchema(root.toString().replace("#/components/schemas/", "#/$defs/"))
                .validate(
                        body,
                        InputFormat.JSON,
                        context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)))
                .stream()
                .map(Object::toString)
                .toList();
    }

    /** Clients ignore members that they do not know; here each has to be documented. */
    private static void close(JsonNode schema) {
        if (schema instanceof ObjectNode object && object.has("properties") && !object.has("additionalProperties")) {
            object.put("additionalProperties", false);
        }
        schema.forEach(ApiContractTest::close);
    }

    private static ObjectNode document() {
        try (InputStream file = ApiContractTest.class.getResourceAsStream("/io/nodejoin/dashboard/openapi.json")) {
            return (ObjectNode) JsonMapper.shared().readTree(Objects.requireNonNull(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
