package io.nodejoin.testbed.full;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExperimentTableTest {
    private static final String HEAD = "| experiment | result | seconds | commit | seed |\n|---|---|---|---|---|\n";

    @TempDir
    private Path directory;

    @Test
    void shouldTellTheFiguresOfAnExperimentInWords() {
        // given
        ObjectNode figures = ResultFiles.JSON.createObjectNode();
        figures.putObject("pauses").put("joins", 45).put("pauses", 15).put("seconds", 1371);
        record(Outcome.PASSED, figures, List.of());

        // when
        String table = ExperimentTable.of(List.of("pauses"), new ResultFiles(directory));

        // then
        assertThat(table).isEqualTo(HEAD + "| `pauses` | 15 pauses, 45 joins | 1,371 | 01234567 | 7 |\n");
    }

    @Test
    void shouldSayWhatIsBroken() {
        // given
        ObjectNode figures = ResultFiles.JSON.createObjectNode();
        figures.putObject("pauses").put("seconds", 20);
        record(Outcome.FAILED, figures, List.of("exit code 1", "pauses: a token | lived"));

        // when
        String table = ExperimentTable.of(List.of("pauses"), new ResultFiles(directory));

        // then
        assertThat(table)
                .isEqualTo(HEAD
                        + "| `pauses` | **failed**: exit code 1; pauses: a token \\| lived | 20 | 01234567 | 7 |\n");
    }

    @Test
    void shouldLeaveOutWhatNeverRan() {
        // when
        String table = ExperimentTable.of(List.of("pauses"), new ResultFiles(directory));

        // then
        assertThat(table).isEqualTo(HEAD);
    }

    private void record(Outcome outcome, ObjectNode figures, List<String> reasons) {
        PartResult result = new PartResult(outcome, Instant.EPOCH, 30L, 7L, 0, null, figures, reasons, null, null);
        new ResultFiles(directory)
                .write(Results.none("0123456789abcdef", LocalDate.EPOCH, new Machine(2, null, "Linux", null, null))
                        .with("pauses", result));
    }
}
