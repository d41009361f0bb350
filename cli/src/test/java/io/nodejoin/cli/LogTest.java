package io.nodejoin.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import io.nodejoin.protocol.hostile.HostileText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The service's own log configuration, in a process of its own, since the tests have another one. */
class LogTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String EVENT = "\\d\\d:\\d\\d:\\d\\d\\.\\d{3} WARN  LogTest\\$Hostile +";

    /** Logs what strangers may say: as a part of a message, then as the message of an exception. */
    static final class Hostile {
        private static final Logger LOG = LoggerFactory.getLogger(Hostile.class);

        private Hostile() {}

        public static void main(String[] arguments) {
            if (arguments[0].equals("join")) {
                LOG.atWarn()
                        .addKeyValue("cluster", "fra-1")
                        .addKeyValue("node", "w1")
                        .log("join 0123456789abcdef0123456789abcdef waits");
                return;
            }
            boolean thrown = arguments[0].equals("thrown");
            for (HostileText hostile : HostileText.all()) {
                if (thrown) {
                    LOG.warn("failed", new IllegalStateException(hostile.text()));
                } else {
                    LOG.warn("a stranger says {}", hostile.text());
                }
            }
        }
    }

    private static String log(String how) throws IOException, InterruptedException {
        return log(how, "text");
    }

    private static String log(String how, String format) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        System.getProperty("java.home") + "/bin/java",
                        "-Dlogback.configurationFile=logback.xml",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Hostile.class.getName(),
                        how))
                .redirectErrorStream(true);
        builder.environment().put("NODEJOIN_LOG_FORMAT", format);
        Process process = builder.start();
        String written = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(written).isZero();
        return written;
    }

    @Test
    void shouldReadTheLevelsOfPackagesAgainWhenTheirFileChanges(@TempDir Path directory) throws Exception {
        // given
        Path levels = Files.writeString(directory.resolve("levels.properties"), "logback.logger.io.nodejoin=INFO\n");
        LoggerContext log = new LoggerContext();
        log.putProperty("NODEJOIN_LOG_LEVELS_FILE", levels.toString());
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(log);
        configurator.doConfigure(Objects.requireNonNull(LogTest.class.getResource("/logback.xml")));

        // when
        Files.writeString(levels, "logback.logger.io.nodejoin.gateway=DEBUG\n");
        Files.setLastModifiedTime(levels, FileTime.from(Instant.now().plusSeconds(5)));

        // then
        await("the new level")
                .until(() -> log.getLogger("io.nodejoin.gateway.HostGateway").isDebugEnabled());
        assertThat(log.getLogger("io.nodejoin.service").isDebugEnabled()).isFalse();
        log.stop();
    }

    @Test
    void shouldLetNoTextBeginALineOrMoveTheCursor() throws IOException, InterruptedException {
        // when
        String log = log("said");

        // then
        assertThat(log.split("\n"))
                .hasSize(HostileText.all().size())
                .allMatch(line -> line.matches(EVENT + "a stranger says .*"))
                .noneMatch(line -> line.matches(".*[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}].*"));
    }

    @Test
    void shouldWriteOneJsonObjectALine() throws IOException, InterruptedException {
        // when
        String log = log("thrown", "json");

        // then
        assertThat(log.split("\n")).hasSize(HostileText.all().size()).allSatisfy(line -> {
            JsonNode json = JSON.readTree(line);
            assertThat(json.propertyNames()).containsExactly("time", "level", "logger", "thread", "message", "stack");
            assertThat(json.path("message").stringValue()).isEqualTo("failed");
        });
    }

    @Test
    void shouldNameTheJoinInJson() throws IOException, InterruptedException {
        // when
        JsonNode json = JSON.readTree(log("join", "json"));

        // then
        assertThat(json.path("join").stringValue()).isEqualTo("0123456789abcdef0123456789abcdef");
        assertThat(json.path("cluster").stringValue()).isEqualTo("fra-1");
        assertThat(json.path("node").stringValue()).isEqualTo("w1");
        assertThat(json.path("level").stringValue()).isEqualTo("WARN");
    }

    @Test
    void shouldNotLetAnExceptionSpeakForTheLog() throws IOException, InterruptedException {
        // when
        String log = log("thrown");

        // then
        assertThat(log.split("\n"))
                .noneMatch(line -> line.matches(".*[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}&&[^\\t]].*"))
                .allMatch(line -> line.matches(EVENT + "failed")
                        || line.startsWith("java.lang.IllegalStateException")
                        || line.startsWith("    "));
        assertThat(log).contains("    \tat io.nodejoin.cli.LogTest$Hostile.main");
    }
}
