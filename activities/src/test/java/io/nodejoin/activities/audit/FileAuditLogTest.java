package io.nodejoin.activities.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileAuditLogTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-25T10:00:00Z"), ZoneOffset.UTC);
    private static final AuditEntry ENTRY = new AuditEntry(
            new ClusterName("c"), "join", "token.create", "secrets/kube-system/x", Map.of("rule", "passed"));

    @TempDir
    Path directory;

    @Test
    void shouldWriteOneJsonObjectPerEntry() throws IOException {
        // given
        Path file = directory.resolve("audit.jsonl");
        AuditLog log = new FileAuditLog(file, "nodejoin-0", CLOCK);

        // when
        log.record(ENTRY);
        log.record(ENTRY);

        // then
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(2);
        JsonNode entry = new JsonMapper().readTree(lines.getFirst());
        assertThat(entry.path("time").asText()).isEqualTo("2026-11-25T10:00:00Z");
        assertThat(entry.path("actor").asText()).isEqualTo("nodejoin-0");
        assertThat(entry.path("cluster").asText()).isEqualTo("c");
        assertThat(entry.path("join").asText()).isEqualTo("join");
        assertThat(entry.path("action").asText()).isEqualTo("token.create");
        assertThat(entry.path("object").asText()).isEqualTo("secrets/kube-system/x");
        assertThat(entry.path("results").path("rule").asText()).isEqualTo("passed");
    }

    @Test
    void shouldBeReadableByItsOwnerAlone() throws IOException {
        // given
        Path file = directory.resolve("audit.jsonl");

        // when
        new FileAuditLog(file, "nodejoin-0", CLOCK).record(ENTRY);

        // then
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void shouldCloseALineThatACrashHasTorn() throws IOException {
        // given
        Path file = directory.resolve("audit.jsonl");
        Files.writeString(file, "{\"time\":");

        // when
        new FileAuditLog(file, "nodejoin-0", CLOCK).record(ENTRY);

        // then
        assertThat(Files.readAllLines(file)).hasSize(2).first().isEqualTo("{\"time\":");
    }

    @Test
    void shouldFailRetryablyWhenItCannotBeWritten() {
        // given
        AuditLog log = new FileAuditLog(directory.resolve("absent/audit.jsonl"), "nodejoin-0", CLOCK);

        // when
        Throwable thrown = catchThrowable(() -> log.record(ENTRY));

        // then
        assertThat(Failures.typeOf(thrown)).contains(FailureType.UNAVAILABLE);
        assertThat(thrown).hasMessageContaining(ErrorCode.AUDIT_UNAVAILABLE + ": ");
    }

    @Test
    void shouldFailRetryablyWhenTheDiskIsFull() {
        // given
        AuditLog log = new FileAuditLog(Path.of("/dev/full"), "nodejoin-0", CLOCK);

        // when
        Throwable thrown = catchThrowable(() -> log.record(ENTRY));

        // then
        assertThat(Failures.typeOf(thrown)).contains(FailureType.UNAVAILABLE);
        assertThat(Failures.problemOf(thrown).code()).isEqualTo(ErrorCode.AUDIT_UNAVAILABLE);
        assertThat(Failures.problemOf(thrown).detail()).contains("/dev/full", "No space left", "token.create");
    }

    @Test
    void shouldGoOnInANewFileWhenTheOldOneIsRotatedAway() throws IOException {
        // given
        Path file = directory.resolve("audit.jsonl");
        AuditLog log = new FileAuditLog(file, "nodejoin-0", CLOCK);
        log.record(ENTRY);
        Path rotated = Files.move(file, directory.resolve("audit.jsonl.1"));

        // when
        log.record(ENTRY);

        // then
        assertThat(Files.readAllLines(rotated)).hasSize(1);
        assertThat(Files.readAllLines(file)).hasSize(1);
    }

    @Test
    void shouldGoOnInANewFileWhenTheOldOneIsReplaced() throws IOException {
        // given
        Path file = directory.resolve("audit.jsonl");
        AuditLog log = new FileAuditLog(file, "nodejoin-0", CLOCK);
        log.record(ENTRY);
        Files.move(file, directory.resolve("audit.jsonl.1"));
        Files.writeString(file, "{}\n");

        // when
        log.record(ENTRY);

        // then
        assertThat(Files.readAllLines(file)).hasSize(2).first().isEqualTo("{}");
    }

    @Test
    void shouldEndALineThatIsTruncatedWhileTheFileIsOpen() throws IOException {
        // given
        Path file = directory.resolve("audit.jsonl");
        AuditLog log = new FileAuditLog(file, "nodejoin-0", CLOCK);
        log.record(ENTRY);
        Files.writeString(file, "{\"time\":", StandardOpenOption.APPEND);

        // when
        log.record(ENTRY);

        // then
        assertThat(Files.readAllLines(file)).hasSize(3).element(1).isEqualTo("{\"time\":");
    }

    @Test
    void shouldWriteForAThreadThatIsInterruptedAndForTheOthersAfterIt() throws IOException {
        // given
        Path file = directory.resolve("audit.jsonl");
        AuditLog log = new FileAuditLog(file, "nodejoin-0", CLOCK);
        log.record(ENTRY);
        Thread.currentThread().interrupt();

        // when
        log.record(ENTRY);
        boolean interrupted = Thread.interrupted();
        log.record(ENTRY);

        // then
        assertThat(interrupted).isTrue();
        assertThat(Files.readAllLines(file)).hasSize(3);
    }

    @Test
    void shouldNameNoClusterWhereTheCallerNamedNone() throws IOException {
        // given
        Path file = directory.resolve("audit.jsonl");

        // when
        new FileAuditLog(file, "nodejoin-0", CLOCK)
                .record(new AuditEntry(null, "unknown", "agent.identity.refused", "nodes/unknown", Map.of()));

        // then
        assertThat(new JsonMapper().readTree(Files.readString(file)).has("cluster"))
                .isFalse();
    }

    @Test
    void shouldGoOnOnceItCanBeWrittenAgain() throws IOException {
        // given
        Path file = directory.resolve("later/audit.jsonl");
        AuditLog log = new FileAuditLog(file, "nodejoin-0", CLOCK);
        assertThat(catchThrowable(() -> log.record(ENTRY))).isNotNull();
        Files.createDirectories(file.getParent());

        // when
        log.record(ENTRY);

        // then
        assertThat(Files.readAllLines(file)).hasSize(1);
    }

    @Test
    void shouldSayThatNothingIsInTheWayWithoutAnEntry() throws IOException {
        // given
        Path file = directory.resolve("audit.jsonl");

        // when
        String obstacle = new FileAuditLog(file, "nodejoin-0", CLOCK).notReadyReason();

        // then
        assertThat(obstacle).isNull();
        assertThat(Files.size(file)).isZero();
    }

    @Test
    void shouldSayBeforeTheFirstEntryThatTheFileCannotBeOpened() {
        // given a directory where the file should be
        FileAuditLog log = new FileAuditLog(directory, "nodejoin-0", CLOCK);

        // when
        String obstacle = log.notReadyReason();

        // then
        assertThat(obstacle).contains("the audit log " + directory + " cannot be written", "directory");
    }

    @Test
    void shouldSayThatTheLastEntryFoundNoPlace() {
        // given a disk that is full, which nobody sees by opening a file
        FileAuditLog log = new FileAuditLog(Path.of("/dev/full"), "nodejoin-0", CLOCK);
        assertThat(log.notReadyReason()).isNull();
        assertThat(catchThrowable(() -> log.record(ENTRY))).isNotNull();

        // when
        String obstacle = log.notReadyReason();

        // then
        assertThat(obstacle).contains("/dev/full", "No space left");
    }

    @Test
    void shouldSayThatNothingIsInTheWayOnceAnEntryIsWrittenAgain() throws IOException {
        // given
        Path file = directory.resolve("later/audit.jsonl");
        FileAuditLog log = new FileAuditLog(file, "nodejoin-0", CLOCK);
        assertThat(catchThrowable(() -> log.record(ENTRY))).isNotNull();
        assertThat(log.notReadyReason()).isNotNull();
        Files.createDirectories(file.getParent());

        // when
        log.record(ENTRY);

        // then
        assertThat(log.notReadyReason()).isNull();
    }
}
