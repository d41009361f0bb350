package io.nodejoin.testbed.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisedProcessTest {
    private static final LaunchSpec SLEEP = new LaunchSpec(List.of("sleep", "300"));

    @TempDir
    Path directory;

    @AfterEach
    void endWhatRuns() {
        process().kill();
    }

    @Test
    void shouldBeFoundAgainByItsFiles() throws IOException {
        // given
        process().start(SLEEP);

        // when
        SupervisedProcess found = process();

        // then
        assertThat(found.isRunning()).isTrue();
        assertThat(Files.readString(found.pidFile()).strip())
                .isEqualTo(Long.toString(found.identity().orElseThrow().pid()));
    }

    @Test
    void shouldKeepThePidOfTheCommandItself() {
        // given
        SupervisedProcess process = process();

        // when
        process.start(SLEEP);

        // then
        long pid = process.identity().orElseThrow().pid();
        boolean became =
                Await.until(Duration.ofSeconds(10), () -> commandOf(pid).endsWith("sleep"));
        assertThat(became).isTrue();
    }

    @Test
    void shouldStartOnlyOnce() {
        // given
        SupervisedProcess process = process();
        process.start(SLEEP);
        ProcessIdentity first = process.identity().orElseThrow();

        // when
        process.start(SLEEP);

        // then
        assertThat(process.identity()).contains(first);
    }

    @Test
    void shouldLeaveAStrangerAloneWhoGotThePid() throws IOException, InterruptedException {
        // given
        Process stranger = new ProcessBuilder("sleep", "300").start();
        ProcessIdentity identity = ProcessIdentity.of(stranger.pid()).orElseThrow();
        ProcessIdentity former = new ProcessIdentity(identity.pid(), identity.startTicks() - 100, identity.bootId());
        Files.writeString(directory.resolve("sleeper.identity"), former.line());

        // when
        process().kill();

        // then
        assertThat(identity.isAlive()).isTrue();
        stranger.destroyForcibly().waitFor();
    }

    @Test
    void shouldInsistWhenAskingDoesNotHelp() {
        // given
        SupervisedProcess process = process();
        process.start(new LaunchSpec(List.of("sh", "-c", "trap '' TERM; while :; do sleep 1; done")));
        ProcessIdentity identity = process.identity().orElseThrow();

        // when
        process.stop(Duration.ofMillis(300));

        // then
        assertThat(identity.isAlive()).isFalse();
        assertThat(process.pidFile()).doesNotExist();
    }

    @Test
    void shouldTellTheEndOfTheLogWhenItEndsWhileStarting() {
        // given
        SupervisedProcess process = process();
        process.start(
                new LaunchSpec(List.of("sh", "-c", "echo $COMPLAINT; exit 3"), Map.of("COMPLAINT", "no-such-port")));

        // when
        // then
        assertThatThrownBy(() -> process.awaitReady(Duration.ofSeconds(10), () -> false))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("sleeper ended while starting")
                .hasMessageContaining("no-such-port");
    }

    private SupervisedProcess process() {
        return new SupervisedProcess("sleeper", directory, directory.resolve("log"));
    }

    private static String commandOf(long pid) {
        return ProcessHandle.of(pid).flatMap(handle -> handle.info().command()).orElse("");
    }
}
