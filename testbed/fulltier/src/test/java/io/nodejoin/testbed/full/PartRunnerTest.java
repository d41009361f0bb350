package io.nodejoin.testbed.full;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.testbed.full.TestReports.TestCounts;
import io.nodejoin.testbed.process.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartRunnerTest {
    private static final long SEED = 7;
    private static final Instant NOW = Instant.parse("2026-11-30T04:00:00Z");
    private static final String SUITE = "<testsuite tests=\"2\" errors=\"0\" failures=\"0\" skipped=\"1\"/>";

    @TempDir
    private Path directory;

    private Workspace workspace = new Workspace(Path.of(""));

    @BeforeEach
    void makeWorkspace() throws IOException {
        workspace = new Workspace(directory);
        Files.createDirectory(workspace.copy());
    }

    @Test
    void shouldRunACommandInTheCloneAndKeepWhatItSays() throws Exception {
        // given
        Part part = part(Evidence.NONE, "pwd; echo trouble >&2");

        // when
        PartResult result = runner().run(part, SEED, List.of());

        // then
        assertThat(result.outcome()).isEqualTo(Outcome.PASSED);
        assertThat(result.ended()).isEqualTo(NOW);
        assertThat(result.exitCode()).isZero();
        assertThat(workspace.log(part)).hasContent(workspace.copy() + "\ntrouble\n");
    }

    @Test
    void shouldFailByItsExitCode() throws Exception {
        // given
        Part part = part(Evidence.NONE, "exit 3");

        // when
        PartResult result = runner().run(part, SEED, List.of());

        // then
        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.reasons()).containsExactly("exit code 3");
    }

    @Test
    void shouldPassOnSeedAndFurtherArguments() throws Exception {
        // given
        Part part = part(Evidence.NONE, "echo $0 $1 {seed}");

        // when
        PartResult result = runner().run(part, SEED, List.of("one", "two"));

        // then
        assertThat(result.seed()).isEqualTo(SEED);
        assertThat(workspace.log(part)).hasContent("one two 7");
    }

    @Test
    void shouldEndWhatTakesTooLong() throws Exception {
        // given
        Part part = part(Evidence.NONE, "sleep 3600 & wait");
        PartRunner impatient = new PartRunner(workspace, InstantSource.fixed(NOW), Duration.ZERO);

        // when
        PartResult result = impatient.run(part, SEED, List.of());

        // then
        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.exitCode()).isNull();
        assertThat(result.reasons()).containsExactly("took longer than 0 minutes");
    }

    @Test
    void shouldEndTheCommandWithItsOwnCleaningWhenItIsInterrupted() throws Exception {
        // given
        Path started = directory.resolve("started");
        Path cleaned = directory.resolve("cleaned");
        Part part = part(
                Evidence.NONE, "trap 'touch " + cleaned + "; exit 1' TERM; touch " + started + "; sleep 3600 & wait");
        Thread worker = Thread.currentThread();
        Thread.ofVirtual().start(() -> {
            Await.until(PartRunner.LIMIT, () -> Files.exists(started));
            worker.interrupt();
        });

        // when / then
        assertThatThrownBy(() -> runner().run(part, SEED, List.of())).isInstanceOf(InterruptedException.class);
        assertThat(cleaned).exists();
    }

    @Test
    void shouldCountTheTestsThatHaveRun() throws Exception {
        // given
        Part part = part(
                Evidence.TESTS,
                "mkdir -p target/surefire-reports && echo '" + SUITE + "' >target/surefire-reports/TEST-a.xml");

        // when
        PartResult result = runner().run(part, SEED, List.of());

        // then
        assertThat(result.outcome()).isEqualTo(Outcome.PASSED);
        assertThat(result.tests()).isEqualTo(new TestCounts(1, 0, 1));
    }

    @Test
    void shouldFailIfNoTestHasRun() throws Exception {
        // given
        Part part = part(Evidence.TESTS, "true");

        // when
        PartResult result = runner().run(part, SEED, List.of());

        // then
        assertThat(result.reasons()).containsExactly("no test has run");
    }

    @Test
    void shouldKeepFiguresAndDeleteTheirFile() throws Exception {
        // given
        Part part = part(Evidence.BENCH, "echo '{\"commit\": \"a\", \"median\": 2.0}' >{json}; mkdir {directory}");

        // when
        PartResult result = runner().run(part, SEED, List.of());

        // then
        assertThat(result.figures()).hasToString("{\"median\":2}");
        assertThat(workspace.json()).doesNotExist();
        assertThat(workspace.directory()).doesNotExist();
    }

    @Test
    void shouldFailWithoutTheFiguresThatItShouldHaveWritten() throws Exception {
        // given
        Part part = part(Evidence.CHAOS, "true");

        // when
        PartResult result = runner().run(part, SEED, List.of());

        // then
        assertThat(result.reasons()).containsExactly("no figures were written");
    }

    private PartRunner runner() {
        return new PartRunner(workspace, InstantSource.fixed(NOW), PartRunner.LIMIT);
    }

    private static Part part(Evidence evidence, String script) {
        return new Part("a part", "", List.of("sh", "-c", script), List.of(), evidence);
    }
}
