package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.client.config.ConfigException;
import io.nodejoin.client.config.ConfigFile;
import io.nodejoin.service.config.ServiceConfig;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.config.BedSettings;
import io.nodejoin.testbed.process.Command;
import io.nodejoin.testbed.process.CommandResult;
import io.nodejoin.testbed.provision.SourceTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The project for a laptop, as Docker Compose reads it, and the configuration of its service. */
@Tag("full")
class ComposeE2E {
    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final Path DIRECTORY = SourceTree.locate().module("deploy").resolve("compose");
    private static final Path FILES = Path.of("/etc/nodejoin/files");
    private static final Path STATE = Path.of("/var/lib/nodejoin");

    /** It is not raised. */
    private final TestBed bed = TestBed.open(BedSettings.named("e2e"));

    @Test
    void shouldConnectTheServiceWithTheOtherServicesOfTheProject() throws IOException, ConfigException {
        // given
        ServiceConfig config = ConfigFile.read(DIRECTORY.resolve("nodejoin.yaml"), ServiceConfig.class);

        // when
        JsonNode services = JSON.readTree(config("1000:1000").orFail().output()).required("services");

        // then
        assertThat(services.at("/kafka/environment/KAFKA_ADVERTISED_LISTENERS").asText())
                .contains("INSIDE://" + config.kafka().bootstrapServers() + ",");
        assertThat(config.temporal().target()).isEqualTo("temporal:7233");
        assertThat(services.has("temporal")).isTrue();
        assertThat(strings(services.at("/temporal/command"))).containsSubsequence("start-dev", "--ip", "0.0.0.0");
        assertThat(config.temporal().namespace()).isEqualTo("default");
        assertThat(services.at("/topics/command").toString())
                .contains(
                        config.kafka().requestsTopic(),
                        config.kafka().eventsTopic(),
                        config.kafka().deadLetterTopic());
    }

    @Test
    void shouldRunTheServiceAsTheOwnerOfItsFilesAndPublishItsPorts() throws IOException, ConfigException {
        // given
        ServiceConfig config = ConfigFile.read(DIRECTORY.resolve("nodejoin.yaml"), ServiceConfig.class);

        // when
        JsonNode service = JSON.readTree(config("1000:1000").orFail().output()).at("/services/nodejoin");

        // then
        assertThat(service.required("user").asText()).isEqualTo("1000:1000");
        assertThat(service.required("read_only").asBoolean()).isTrue();
        assertThat(values(service, "ports", "target"))
                .containsExactlyInAnyOrder(
                        Integer.toString(config.http().listen().port()),
                        Integer.toString(config.gateway().listen().port()));
        assertThat(values(service, "volumes", "target"))
                .containsExactlyInAnyOrder("/etc/nodejoin/nodejoin.yaml", FILES.toString(), STATE.toString());
        assertThat(config.gateway().keyFile()).startsWithRaw(FILES);
        assertThat(config.requestKeysFiles().values())
                .singleElement()
                .satisfies(keys -> assertThat(keys).startsWithRaw(FILES));
        assertThat(config.audit().file()).startsWithRaw(STATE);
        assertThat(Path.of(service.at("/build/context").asText())
                        .resolve(service.at("/build/dockerfile").asText()))
                .isRegularFile();
    }

    @Test
    void shouldNameTheScriptToRunFirst() {
        // when
        CommandResult result = config("");

        // then
        assertThat(result.succeeded()).isFalse();
        assertThat(result.error()).contains("run deploy/compose/prepare first");
    }

    private CommandResult config(String user) {
        return Command.of(
                        bed.provisioner().compose().toString(),
                        "--file",
                        DIRECTORY.resolve("compose.yaml").toString(),
                        "--env-file",
                        "/dev/null",
                        "config",
                        "--format",
                        "json")
                .withVariable("NODEJOIN_USER", user)
                .run();
    }

    private static List<String> strings(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    private static List<String> values(JsonNode service, String array, String key) {
        return StreamSupport.stream(service.required(array).spliterator(), false)
                .map(entry -> entry.required(key).asText())
                .toList();
    }
}
