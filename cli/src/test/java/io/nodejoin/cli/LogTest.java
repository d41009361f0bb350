package io.nodejoin.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.hostile.HostileText;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The service's own log configuration, in a process of its own, since the tests have another one. */
class LogTest {
    private static final String EVENT = "\\d\\d:\\d\\d:\\d\\d\\.\\d{3} WARN  LogTest\\$Hostile +";

    /** Logs what strangers may say: as a part of a message, then as the message of an exception. */
    static final class Hostile {
        private static final Logger LOG = LoggerFactory.getLogger(Hostile.class);

        private Hostile() {}

        public static void main(String[] arguments) {
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
        Process process = new ProcessBuilder(List.of(
                        System.getProperty("java.home") + "/bin/java",
                        "-Dlogback.configurationFile=logback.xml",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Hostile.class.getName(),
                        how))
                .redirectErrorStream(true)
                .start();
        String written = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(written).isZero();
        return written;
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
