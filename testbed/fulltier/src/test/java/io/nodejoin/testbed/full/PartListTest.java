package io.nodejoin.testbed.full;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.testbed.full.TestReports.TestCounts;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartListTest {
    private static final Machine MACHINE = new Machine(2, null, null, null, null);
    private static final Results NONE = Results.none("0123456789abcdef", LocalDate.EPOCH, MACHINE);
    private static final Results OTHER = Results.none("fedcba9876543210", LocalDate.EPOCH, MACHINE);
    private static final List<Part> PARTS = List.of(part("gates"), part("full disks"), part("canary"));

    @TempDir
    private Path directory;

    @Test
    void shouldListPartsWithTheirLastSecondsAndTheirStateOnThisCommit() {
        // given
        ResultFiles files = new ResultFiles(directory);
        files.write(OTHER.with("gates", ended(Outcome.PASSED, List.of())));
        Results here = NONE.with("canary", PartResult.skipped(Instant.EPOCH, "no root"));

        // when
        String text = PartList.text(PARTS, here, files);

        // then
        assertThat(text.lines().map(line -> line.strip().replaceAll(" +", " ")))
                .containsExactly(
                        "PART 01234567 SECONDS WHAT",
                        "gates - 30 tries it",
                        "try --only 'full disks'",
                        "full disks - - tries it",
                        "try --only 'full disks'",
                        "canary skipped - tries it",
                        "try --only 'full disks'");
    }

    @Test
    void shouldSayHowAPartWentWithEachReason() {
        // given
        PartResult result = ended(Outcome.FAILED, List.of("exit code 1", "2 tests failed"));

        // when
        String line = PartList.told(result);

        // then
        assertThat(line).isEqualTo("failed in 30 s, 5 tests, 1 skipped\n  ! exit code 1\n  ! 2 tests failed");
    }

    @Test
    void shouldNameInTheSummaryWhatHasNotPassed() {
        // given
        Results results = NONE.with("gates", ended(Outcome.PASSED, List.of()))
                .with("full disks", PartResult.skipped(Instant.EPOCH, "no root"))
                .with("canary", ended(Outcome.FAILED, List.of("exit code 1")));

        // when
        String summary = PartList.summary(PARTS, results);

        // then
        assertThat(summary).isEqualTo("3 parts, 1 passed, 1 failed [canary], 1 skipped [full disks]");
    }

    private static Part part(String name) {
        return new Part(name, "tries it", List.of("try", "--only", "full disks"), List.of(), Evidence.NONE);
    }

    private static PartResult ended(Outcome outcome, List<String> reasons) {
        return new PartResult(outcome, Instant.EPOCH, 30L, null, 1, new TestCounts(5, 2, 1), null, reasons, null, null);
    }
}
