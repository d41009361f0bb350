package io.nodejoin.testbed.full;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.testbed.full.TestReports.TestCounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestReportsTest {
    private static final Instant BEGIN = Instant.parse("2026-11-30T04:00:00Z");

    @TempDir
    private Path directory;

    @Test
    void shouldCountTheTestsOfAllModules() throws IOException {
        // given
        report("protocol/target/surefire-reports/TEST-a.xml", BEGIN, 5, 0, 1, 2);
        report("testbed/e2e/target/failsafe-reports/TEST-b.xml", BEGIN.plusSeconds(1), 3, 1, 0, 0);

        // when
        TestCounts counts = TestReports.since(FileTime.from(BEGIN), List.of(directory));

        // then
        assertThat(counts).isEqualTo(new TestCounts(6, 2, 2));
    }

    @Test
    void shouldNotCountWhatAnEarlierPartHasLeft() throws IOException {
        // given
        report("protocol/target/surefire-reports/TEST-a.xml", BEGIN.minusSeconds(1), 5, 0, 0, 0);

        // when
        TestCounts counts = TestReports.since(FileTime.from(BEGIN), List.of(directory));

        // then
        assertThat(counts).isEqualTo(TestCounts.NONE);
    }

    @Test
    void shouldReadNothingButReports() throws IOException {
        // given
        Path summary = directory.resolve("target/failsafe-reports/failsafe-summary.xml");
        Files.createDirectories(summary.getParent());
        Files.writeString(summary, "<failsafe-summary/>");

        // when
        TestCounts counts = TestReports.since(FileTime.fromMillis(0), List.of(directory, directory.resolve("none")));

        // then
        assertThat(counts).isEqualTo(TestCounts.NONE);
    }

    private void report(String name, Instant written, int tests, int errors, int failures, int skipped)
            throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, """
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuite name="a" time="1.5" tests="%d" errors="%d" skipped="%d" failures="%d">
                  <testcase name="b"><testsuite tests="9"/></testcase>
                </testsuite>
                """.formatted(tests, errors, skipped, failures));
        Files.setLastModifiedTime(file, FileTime.from(written));
    }
}
