package io.nodejoin.testbed.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.testbed.provision.SourceTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThreadDumpTest {
    @TempDir
    Path directory;

    @Test
    void shouldCountWhatVirtualThreadsOfThisProcessWaitFor() throws IOException, InterruptedException {
        // given
        Path file = directory.resolve("threads.txt");
        CountDownLatch standing = new CountDownLatch(2);
        CountDownLatch end = new CountDownLatch(1);
        Runnable stand = () -> {
            standing.countDown();
            awaitInTheirOwnWay(end);
        };
        Thread.ofVirtual().start(stand);
        Thread.ofVirtual().start(stand);
        standing.await();

        // when
        Command.of(
                        SourceTree.jcmdCommand(),
                        Long.toString(ProcessHandle.current().pid()),
                        "Thread.dump_to_file",
                        file + "")
                .run()
                .orFail();
        end.countDown();

        // then
        assertThat(new ThreadDump(Files.readString(file)).summary()).containsPattern("2 x .*awaitInTheirOwnWay");
    }

    @Test
    void shouldNameTheMostFrequentFirst() {
        // given
        String text = """
                4711

                #1 "main" RUNNABLE
                    at app//Rare.of(Rare.java:1)

                #2 "" virtual WAITING
                    at java.base/Park.park(Native Method)
                    - parking to wait for <Lock>
                    at java.base/Lock.lock(Lock.java:2)
                    at java.base/Lock.lock(Lock.java:1)
                    at java.base/Latch.await(Latch.java:1)
                    at app//Often.of(Often.java:1)

                #3 "" virtual WAITING
                    at java.base/Park.park(Native Method)
                    at java.base/Lock.lock(Lock.java:2)
                    at java.base/Lock.lock(Lock.java:1)
                    at java.base/Latch.await(Latch.java:1)
                    at app//Often.of(Often.java:1)
                """;

        // then
        assertThat(new ThreadDump(text).summary().lines())
                .containsExactly(
                        "  2 x java.base/Park.park(Native Method) < java.base/Lock.lock(Lock.java:2)"
                                + " < java.base/Lock.lock(Lock.java:1) < app//Often.of(Often.java:1)",
                        "  1 x app//Rare.of(Rare.java:1)");
    }

    private static void awaitInTheirOwnWay(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
