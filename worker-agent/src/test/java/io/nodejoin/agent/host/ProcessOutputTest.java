package io.nodejoin.agent.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ProcessOutputTest {
    private final HeldPipe pipe = new HeldPipe();

    @Test
    void shouldReturnWhatItReadFromAPipeThatStaysOpen() throws InterruptedException {
        // given
        ProcessOutput output = ProcessOutput.startReading(pipe);
        pipe.read.await();

        // when
        boolean ended = output.awaitEnd(Duration.ZERO);

        // then
        assertThat(ended).isFalse();
        assertThat(output.text()).isEqualTo("active");
    }

    @Test
    void shouldEndOnceThePipeIsClosed() throws InterruptedException {
        // given
        ProcessOutput output = ProcessOutput.startReading(pipe);
        pipe.release.countDown();

        // when
        boolean ended = output.awaitEnd(Duration.ofSeconds(30));

        // then
        assertThat(ended).isTrue();
        assertThat(output.toResult(3)).isEqualTo(new CommandResult.Exited(3, "active"));
    }

    /** Holds one word, and does not end until it is released. */
    private static final class HeldPipe extends InputStream {
        final CountDownLatch read = new CountDownLatch(1);
        final CountDownLatch release = new CountDownLatch(1);
        private boolean empty;

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (empty) {
                return awaitRelease();
            }
            empty = true;
            byte[] word = "active".getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(word, 0, target, offset, word.length);
            return word.length;
        }

        private int awaitRelease() throws IOException {
            read.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            return -1;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException("nobody reads byte by byte");
        }
    }
}
