package io.nodejoin.service.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.FileAuditLog;
import io.nodejoin.dashboard.AuditTrail;
import io.nodejoin.dashboard.AuditTrail.Entry;
import io.nodejoin.protocol.ClusterName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuditLogReaderTest {
    private static final Instant NOW = Instant.parse("2026-11-30T10:00:00Z");

    @TempDir
    private Path directory;

    private Path file() {
        return directory.resolve("audit.jsonl");
    }

    /** Writes entries whose objects are numbered. */
    private void write(int entries) {
        FileAuditLog log = new FileAuditLog(file(), "nodejoin-0", Clock.fixed(NOW, ZoneOffset.UTC));
        for (int i = 1; i <= entries; i++) {
            log.record(new AuditEntry(
                    new ClusterName("fra-1"), "join-" + i % 2, "token.create", "é" + i, Map.of("rule", "passed")));
        }
    }

    private static List<String> objects(AuditTrail.Page page) {
        return page.entries().stream().map(Entry::object).toList();
    }

    @Test
    void shouldReadTheNewestEntryFirst() throws Exception {
        // given
        write(3);

        // when
        AuditTrail.Page page = new AuditLogReader(file()).read(Set.of(), AuditTrail.END, 10);

        // then
        assertThat(objects(page)).containsExactly("é3", "é2", "é1");
        assertThat(page.next()).isNull();
        assertThat(page.entries().getFirst())
                .isEqualTo(new Entry(
                        NOW, "nodejoin-0", "fra-1", "join-1", "token.create", "é3", Map.of("rule", "passed")));
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 333, 1000, 1 << 20})
    void shouldReadEachEntryOnceOverThePages(int window) throws Exception {
        // given
        write(40);
        AuditLogReader reader = new AuditLogReader(file(), window);
        List<String> read = new ArrayList<>();

        // when
        Long next = AuditTrail.END;
        while (next != null) {
            AuditTrail.Page page = reader.read(Set.of(), next, 7);
            assertThat(page.entries()).hasSizeLessThanOrEqualTo(7);
            read.addAll(objects(page));
            next = page.next();
        }

        // then
        assertThat(read)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 40)
                        .mapToObj(i -> "é" + (41 - i))
                        .toList());
    }

    @Test
    void shouldReadTheEntriesOfSomeJoinsOnly() throws Exception {
        // given
        write(6);

        // when
        AuditTrail.Page page = new AuditLogReader(file()).read(Set.of("join-0", "other"), AuditTrail.END, 2);

        // then
        assertThat(objects(page)).containsExactly("é6", "é4");
        assertThat(page.next()).isNotNull();
    }

    @Test
    void shouldSkipWhatIsNoEntry() throws Exception {
        // given
        write(1);
        Files.writeString(file(), "[]\n{\"time\":\"x\"}\n\n{\"time\":\"2026-", StandardOpenOption.APPEND);

        // when, then
        assertThat(objects(new AuditLogReader(file()).read(Set.of(), AuditTrail.END, 10)))
                .containsExactly("é1");
    }

    @Test
    void shouldHaveNoEntriesBeforeThereIsAFile() throws Exception {
        assertThat(new AuditLogReader(file()).read(Set.of(), AuditTrail.END, 10))
                .isEqualTo(new AuditTrail.Page(List.of(), null));
    }
}
