package io.nodejoin.testbed.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProcessIdentityTest {

    @Test
    void shouldKnowARunningProcessByItsLine() {
        // given
        ProcessIdentity self = ProcessIdentity.of(ProcessHandle.current().pid()).orElseThrow();

        // when
        ProcessIdentity read = ProcessIdentity.parse(self.line() + "\n").orElseThrow();

        // then
        assertThat(read).isEqualTo(self);
        assertThat(read.isAlive()).isTrue();
    }

    @Test
    void shouldNotTakeASuccessorWithTheSamePidForTheProcess() {
        // given
        ProcessIdentity self = ProcessIdentity.of(ProcessHandle.current().pid()).orElseThrow();

        // when
        ProcessIdentity former = new ProcessIdentity(self.pid(), self.startTicks() - 1, self.bootId());

        // then
        assertThat(former.isAlive()).isFalse();
    }

    @Test
    void shouldNotTakeAProcessOfAnEarlierBootForThisOne() {
        // given
        ProcessIdentity self = ProcessIdentity.of(ProcessHandle.current().pid()).orElseThrow();

        // when
        ProcessIdentity beforeReboot = new ProcessIdentity(self.pid(), self.startTicks(), "another-boot");

        // then
        assertThat(beforeReboot.isAlive()).isFalse();
    }

    @Test
    void shouldCountAProcessAsThereUntilItsLastThreadHasEnded() {
        // given
        String stat = "7 (temporal) Z 1 7 7 0 -1 4194304 98 0 0 0 0 0 0 0 20 0 %d 0 543581 0 0";

        // when
        Optional<Long> ending = ProcessIdentity.startIn(stat.formatted(9));
        Optional<Long> ended = ProcessIdentity.startIn(stat.formatted(1));

        // then
        assertThat(ending).contains(543_581L);
        assertThat(ended).isEmpty();
    }

    @Test
    void shouldCountAProcessThatEndedAsGone() throws IOException, InterruptedException {
        // given
        Process process = new ProcessBuilder("sleep", "60").start();
        ProcessIdentity identity = ProcessIdentity.of(process.pid()).orElseThrow();

        // when
        process.destroyForcibly().waitFor();

        // then
        assertThat(identity.isAlive()).isFalse();
    }

    @Test
    void shouldReadNothingFromAHalfWrittenLine() {
        // given
        List<String> broken = List.of("", "12", "12 34", "12 x boot", "1 2 3 4");

        // when
        List<ProcessIdentity> read = broken.stream()
                .flatMap(line -> ProcessIdentity.parse(line).stream())
                .toList();

        // then
        assertThat(read).isEmpty();
    }
}
