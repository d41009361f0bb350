package io.nodejoin.agentpackage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OutOfMemoryTest {
    private static final int OUT_OF_MEMORY = 3;

    @Test
    void shouldEndTheProcessOnOutOfMemoryInAnyThread() throws Exception {
        // given
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(RuntimeImage.JVM_OPTIONS);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Greedy.class.getName()));

        // when
        int status = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();

        // then
        assertThat(status).isEqualTo(OUT_OF_MEMORY);
    }

    /** A process that has another thread, which wants more memory than there is. */
    static final class Greedy {
        private static final int GIGABYTE = 1 << 30;

        private Greedy() {}

        public static void main(String[] arguments) throws InterruptedException {
            Thread.ofVirtual().start(() -> System.out.println(new byte[GIGABYTE].length));
            new CountDownLatch(1).await(10, TimeUnit.SECONDS);
        }
    }
}
