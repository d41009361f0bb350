package io.nodejoin.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.joran.spi.JoranException;
import io.nodejoin.protocol.hostile.HostileText;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The service's own log configuration. */
class LogTest {
    private static final String EVENT = "\\d\\d:\\d\\d:\\d\\d\\.\\d{3} WARN  Test +";

    private final LoggerContext context = new LoggerContext();
    private final Logger logger = context.getLogger("io.nodejoin.Test");

    @BeforeEach
    void configure() throws JoranException {
        context.setMDCAdapter(new LogbackMDCAdapter());
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(Objects.requireNonNull(LogTest.class.getResource("/logback.xml")));
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    @Test
    void shouldLetNoTextBeginALineOrMoveTheCursor() {
        // when
        String log = HostileText.all().stream()
                .map(hostile -> written("a stranger says {}", null, hostile.text()))
                .collect(Collectors.joining());

        // then
        assertThat(log.split("\n"))
                .hasSize(HostileText.all().size())
                .allMatch(line -> line.matches(EVENT + "a stranger says .*"))
                .noneMatch(line -> line.matches(".*[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}].*"));
    }

    @Test
    void shouldNotLetAnExceptionSpeakForTheLog() {
        // when
        String log = HostileText.all().stream()
                .map(hostile -> written("failed", new IllegalStateException(hostile.text())))
                .collect(Collectors.joining());

        // then
        assertThat(log.split("\n"))
                .noneMatch(line -> line.matches(".*[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}&&[^\\t]].*"))
                .allMatch(line -> line.matches(EVENT + "failed")
                        || line.startsWith("java.lang.IllegalStateException")
                        || line.startsWith("    "));
        assertThat(log).contains("    \tat io.nodejoin.service.LogTest.");
    }

    private String written(String message, @Nullable Throwable thrown, Object... arguments) {
        OutputStreamAppender<ILoggingEvent> appender = (OutputStreamAppender<ILoggingEvent>)
                context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("text");
        LoggingEvent event = new LoggingEvent("fqcn", logger, Level.WARN, message, thrown, arguments);
        return new String(appender.getEncoder().encode(event), UTF_8);
    }
}
