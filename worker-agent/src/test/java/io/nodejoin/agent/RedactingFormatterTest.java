package io.nodejoin.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.hostile.HostileText;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class RedactingFormatterTest {
    @Test
    void shouldFormatEveryTextAsOneLine() {
        for (HostileText hostile : HostileText.all()) {
            // given
            LogRecord event = new LogRecord(Level.INFO, "the gateway says {0}");
            event.setParameters(new Object[] {hostile.text()});

            // when
            String line = new RedactingFormatter().format(event);

            // then
            assertThat(line).as("%s", hostile).matches("INFO the gateway says [^\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]*\n");
        }
    }
}
