package io.nodejoin.testbed.full;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.testbed.chaos.ChaosMain;
import io.nodejoin.testbed.full.ResultFiles.Newest;
import io.nodejoin.testbed.provision.SourceTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The tables that are made from docs/results. */
class ResultPagesTest {
    private static final Path DOCS = SourceTree.locate().root().resolve("docs");

    private final ResultFiles results = new ResultFiles(DOCS.resolve("results"));

    @Test
    void shouldKeepTheTableOfExperimentsUpToDate() throws IOException {
        // given
        Path file = DOCS.resolve("reliability.md");

        // when
        Page page = page(file).with("experiments", ExperimentTable.of(ChaosMain.experiments(), results));

        // then
        assertUpToDate(file, page);
    }

    @Test
    void shouldKeepTheTablesOfBenchesUpToDate() throws IOException {
        // given
        Path file = DOCS.resolve("performance.md");

        // when
        Page page = page(file)
                .with("latency", table("latency", BenchTables::latency))
                .with("agent", table("agent", BenchTables::agent))
                .with("approver", table("approver", BenchTables::approver))
                .with("flood", table("flood", BenchTables::flood))
                .with("crowd", table("crowd", BenchTables::crowd))
                .with("storm 100", table("storm 100", BenchTables::storm))
                .with("storm 300", table("storm 300", BenchTables::storm));

        // then
        assertUpToDate(file, page);
    }

    @Test
    void shouldKeepTheTableOfReleasesUpToDate() throws IOException {
        // given
        Path file = DOCS.resolve("compatibility.md");

        // when
        Page page = page(file)
                .with(
                        "releases",
                        results.newest(Parts.RELEASES).map(ReleaseTable::of).orElseThrow());

        // then
        assertUpToDate(file, page);
    }

    private String table(String bench, Function<Newest, String> table) {
        return results.newest("bench " + bench).map(table).orElseThrow();
    }

    private static Page page(Path file) throws IOException {
        return new Page(Files.readString(file));
    }

    private static void assertUpToDate(Path file, Page page) throws IOException {
        if (Boolean.getBoolean("nodejoin.docs.write")) {
            Files.writeString(file, page.text());
        }
        assertThat(file).as("make it anew: .ci/docs").hasContent(page.text());
    }
}
