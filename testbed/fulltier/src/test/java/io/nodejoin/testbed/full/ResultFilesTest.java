package io.nodejoin.testbed.full;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.testbed.full.TestReports.TestCounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultFilesTest {
    private static final String COMMIT = "0123456789abcdef";
    private static final String OTHER = "fedcba9876543210";
    private static final Instant EARLY = Instant.parse("2026-11-30T04:00:00Z");
    private static final Machine MACHINE = new Machine(2, 24_000L, "Linux 6.18", "25.0.1", true);

    @TempDir
    private Path directory;

    @Test
    void shouldReadBackWhatItHasWritten() {
        // given
        ResultFiles files = new ResultFiles(directory);
        Results results = results(COMMIT)
                .with("gates", ended(Outcome.PASSED, EARLY))
                .with("crowd", PartResult.skipped(EARLY, "no h2load"));

        // when
        files.write(results);

        // then
        assertThat(files.of(COMMIT)).contains(results);
    }

    @Test
    void shouldNameAFileByDateAndCommitAndLeaveNothingBesideIt() throws IOException {
        // given
        ResultFiles files = new ResultFiles(directory);

        // when
        files.write(results(COMMIT));
        files.write(results(COMMIT).with("gates", ended(Outcome.PASSED, EARLY)));

        // then
        try (var list = Files.list(directory)) {
            assertThat(list).containsExactly(directory.resolve("2026-11-30-01234567.json"));
        }
    }

    @Test
    void shouldKeepTheOtherPartsWhenOneIsRunAgain() {
        // given
        Results results = results(COMMIT)
                .with("gates", ended(Outcome.FAILED, EARLY))
                .with("canary", ended(Outcome.PASSED, EARLY));

        // when
        Results after = results.with("gates", ended(Outcome.PASSED, EARLY));

        // then
        assertThat(after.parts().keySet()).containsExactly("gates", "canary");
        assertThat(after.of("gates")).get().matches(PartResult::hasPassed);
    }

    @Test
    void shouldFindTheNewestResultOfAPartWhateverTheCommit() {
        // given
        ResultFiles files = new ResultFiles(directory);
        files.write(results(COMMIT).with("gates", ended(Outcome.PASSED, EARLY)));
        files.write(results(OTHER)
                .with("gates", ended(Outcome.FAILED, EARLY.plusSeconds(1)))
                .with("canary", ended(Outcome.PASSED, EARLY)));

        // when
        var newest = files.newest("gates");

        // then
        assertThat(newest).get().extracting(ResultFiles.Newest::commit).isEqualTo(OTHER);
    }

    @Test
    void shouldNotTakeAPartThatCouldNotRunForItsNewestResult() {
        // given
        ResultFiles files = new ResultFiles(directory);
        files.write(results(COMMIT).with("gates", ended(Outcome.PASSED, EARLY)));
        files.write(results(OTHER).with("gates", PartResult.skipped(EARLY.plusSeconds(1), "no root")));

        // when
        var newest = files.newest("gates");

        // then
        assertThat(newest).get().extracting(ResultFiles.Newest::commit).isEqualTo(COMMIT);
    }

    @Test
    void shouldKnowNothingWhereNoFileIs() {
        // given
        ResultFiles files = new ResultFiles(directory.resolve("none"));

        // when
        var known = files.of(COMMIT);

        // then
        assertThat(known).isEmpty();
    }

    private static Results results(String commit) {
        return Results.none(commit, LocalDate.of(2026, 11, 30), MACHINE);
    }

    private static PartResult ended(Outcome outcome, Instant when) {
        return new PartResult(outcome, when, 5L, 7L, 0, new TestCounts(3, 0, 1), null, List.of(), null, null);
    }
}
