package io.nodejoin.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SequenceWriter;
import io.nodejoin.agent.command.SmallFileSystem;
import io.nodejoin.agent.host.FileMetadata;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.wire.JsonMappers;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.protocol.event.HostProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    private static final FileMetadata.Owner ROOT = new FileMetadata.Owner(0, 0);
    private static final Change FIRST = new Change("write /a", new Undo.RemoveFile("/a"));
    private static final HostResult RESULT = new HostResult.HostReset(false, null, List.of());
    /** Longer than what is left of the journal's last page. */
    private static final HostResult LONG_RESULT =
            new HostResult.HostFailed(new Problem(ErrorCode.HOST_DISK_FULL, "x".repeat(5000)), List.of(), List.of());

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = directory.resolve("journal.jsonl");
    }

    private static Assignment assignment(String id, long sequence) {
        return assignment(id, sequence, new HostCommand.ResetHost());
    }

    private static Assignment prepare(String id, long sequence) {
        return assignment(
                id, sequence, new HostCommand.PrepareHost(HostProfile.CONTAINERD, TlsBootstrap.KUBELET, null, null));
    }

    private static Assignment assignment(String id, long sequence, HostCommand command) {
        return new Assignment(
                id,
                JoinId.of("test", "1"),
                new NodeName("w1"),
                1,
                sequence,
                Instant.parse("2026-01-01T00:00:00Z"),
                command);
    }

    @Test
    void shouldReportThePathThatCannotBeWritten() {
        // given a place where no file can be made
        Path nowhere = directory.resolve("no-such-directory").resolve("journal.jsonl");

        // when
        ThrowingCallable open = () -> Journal.open(nowhere);

        // then
        assertThatThrownBy(open)
                .isInstanceOfSatisfying(
                        HostException.class,
                        failure -> assertThat(failure.problem().code()).isEqualTo(ErrorCode.HOST_DISK_FULL));
    }

    @Test
    void shouldWriteOnAnInterruptedThread() {
        // given
        try (Journal journal = Journal.open(file)) {
            Thread.currentThread().interrupt();

            // when
            journal.recordAccepted(assignment("a", 1));

            // then
            assertThat(Thread.interrupted()).isTrue();
            journal.recordFinished("a", RESULT);
        }
        try (Journal journal = Journal.open(file)) {
            assertThat(journal.result("a")).contains(RESULT);
        }
    }

    @Test
    void shouldContinueOnceItsFileCanBeReopenedAfterAnInterrupt() throws IOException {
        // given a file that cannot be opened when an interrupt has closed it
        Path elsewhere = directory.resolve("elsewhere");
        try (Journal journal = Journal.open(file)) {
            Files.move(file, elsewhere);
            Thread.currentThread().interrupt();
            journal.recordAccepted(assignment("a", 1));
            assertThat(Thread.interrupted()).isTrue();
            Files.move(elsewhere, file);

            // when
            journal.recordAccepted(prepare("b", 2));
        }

        // then
        try (Journal reopened = Journal.open(file)) {
            assertThat(reopened.unfinished()).containsExactly(assignment("a", 1), prepare("b", 2));
        }
    }

    @Test
    void shouldWriteNothingOnceClosed() {
        // given
        Journal journal = Journal.open(file);
        journal.close();

        // when
        ThrowingCallable accept = () -> journal.recordAccepted(prepare("a", 1));

        // then
        assertThatThrownBy(accept).isInstanceOf(HostException.class);
    }

    @Test
    void shouldRestoreAcceptedAssignmentsChangesAndResultsAfterACrash() {
        // given
        try (Journal journal = Journal.open(file)) {
            journal.recordAccepted(assignment("a", 1));
            journal.recordIntended(List.of(FIRST));
            journal.recordFinished("a", RESULT);
            journal.recordAccepted(assignment("b", 2));
        }

        // when
        try (Journal reopened = Journal.open(file)) {
            // then
            assertThat(reopened.result("a")).contains(RESULT);
            assertThat(reopened.unfinished()).containsExactly(assignment("b", 2));
            assertThat(reopened.changes()).containsExactly(FIRST);
            assertThat(reopened.highestSequence()).isEqualTo(2);
        }
    }

    @Test
    void shouldTruncateALineTornByACrashAndContinue() throws IOException {
        // given
        try (Journal journal = Journal.open(file)) {
            journal.recordIntended(List.of(FIRST));
        }
        Files.writeString(file, "{\"entry\":\"Accep", StandardOpenOption.APPEND);

        // when
        try (Journal reopened = Journal.open(file)) {
            reopened.recordAccepted(assignment("a", 1));
        }

        // then
        try (Journal again = Journal.open(file)) {
            assertThat(again.changes()).containsExactly(FIRST);
            assertThat(again.unfinished()).hasSize(1);
        }
    }

    @Test
    void shouldRecordFactsOnceTheDiskHasSpace() throws Exception {
        SmallFileSystem disk = new SmallFileSystem(directory);
        try {
            // given
            disk.mount();
            try (Journal journal = Journal.open(file)) {
                journal.recordAccepted(prepare("a", 1));
                journal.recordIntended(List.of(FIRST));
                disk.leave(0);
                journal.recordFinished("a", LONG_RESULT);
                journal.recordAccepted(assignment("b", 2));
                journal.recordAllUndone();
                disk.empty();

                // when
                journal.recordFinished("b", RESULT);
            }

            // then
            try (Journal reopened = Journal.open(file)) {
                assertThat(reopened.result("a")).contains(LONG_RESULT);
                assertThat(reopened.result("b")).contains(RESULT);
                assertThat(reopened.unfinished()).isEmpty();
                assertThat(reopened.changes()).isEmpty();
                assertThat(reopened.highestSequence()).isEqualTo(2);
            }
        } finally {
            disk.unmount();
        }
    }

    @Test
    void shouldClearChangesOnceUndone() {
        // given
        try (Journal journal = Journal.open(file)) {
            journal.recordIntended(List.of(FIRST));

            // when
            journal.recordAllUndone();
        }

        // then
        try (Journal reopened = Journal.open(file)) {
            assertThat(reopened.changes()).isEmpty();
        }
    }

    @Test
    void shouldKeepTheKeyToWipeOnceEverythingIsUndone() {
        // given
        try (Journal journal = Journal.open(file)) {
            journal.recordIntended(List.of(FIRST));

            // when
            journal.recordKeyWipe("key");
            journal.recordAllUndone();
        }

        // then
        try (Journal reopened = Journal.open(file)) {
            assertThat(reopened.keyToWipe()).contains("key");
        }
    }

    @Test
    void shouldClearTheKeyToWipeOnceTheHostIsChangedAgain() {
        // given
        try (Journal journal = Journal.open(file)) {
            journal.recordKeyWipe("key");

            // when
            journal.recordIntended(List.of(FIRST));
        }

        // then
        try (Journal reopened = Journal.open(file)) {
            assertThat(reopened.keyToWipe()).isEmpty();
        }
    }

    @Test
    void shouldStayShortHoweverManyCommandsItRecords() throws IOException {
        // given
        int commands = 200;
        long longest = 0;
        try (Journal journal = Journal.open(file)) {
            // when
            for (int command = 0; command < commands; command++) {
                String id = Integer.toString(command);
                journal.recordAccepted(prepare(id, command));
                journal.recordIntended(List.of(FIRST));
                journal.recordAllUndone();
                journal.recordFinished(id, LONG_RESULT);
                longest = Math.max(longest, Files.size(file));
            }

            // then
            assertThat(longest).isLessThan(300_000);
            assertThat(recorded(journal, commands)).hasSize(16);
        }
    }

    @Test
    void shouldCompactALongFileWhenItIsOpened() throws IOException {
        // given
        int commands = 5000;
        ObjectWriter entry = JsonMappers.strict().writerFor(JournalEntry.class);
        try (SequenceWriter history = entry.withRootValueSeparator("\n").writeValues(file.toFile())) {
            for (int command = 0; command < commands; command++) {
                String id = Integer.toString(command);
                history.write(new JournalEntry.Accepted(prepare(id, command)));
                history.write(new JournalEntry.Intended(List.of(FIRST)));
                history.write(new JournalEntry.Done(FIRST.step()));
                history.write(new JournalEntry.AllUndone());
                history.write(new JournalEntry.Finished(id, LONG_RESULT));
            }
        }
        Files.writeString(file, "\n", StandardOpenOption.APPEND);

        // when
        try (Journal journal = Journal.open(file)) {
            // then
            assertThat(Files.size(file)).isLessThan(100_000);
            assertThat(recorded(journal, commands)).hasSize(16).startsWith("4984");
            assertThat(journal.highestSequence()).isEqualTo(4999);
        }
    }

    private static List<String> recorded(Journal journal, int commands) {
        return IntStream.range(0, commands)
                .mapToObj(Integer::toString)
                .filter(id -> journal.result(id).isPresent())
                .toList();
    }

    @Test
    void shouldKeepItsStateAcrossACompaction() throws IOException {
        // given
        Change edited = new Change("write /b", new Undo.RestoreFile("/b", "YQ==", 0644, List.of("Yg=="), ROOT));
        Change editedAgain = new Change("write /b", new Undo.RestoreFile("/b", "Yg==", 0644, List.of("Yw=="), ROOT));
        try (Journal journal = Journal.open(file)) {
            journal.recordAccepted(assignment("a", 3));
            journal.recordAccepted(prepare("b", 4));
            journal.recordAccepted(prepare("c", 2));
            journal.recordIntended(List.of(FIRST, edited));
            journal.recordIntended(List.of(editedAgain));
            journal.recordKeyWipe("key");
            journal.recordFinished("a", RESULT);
            journal.recordFinished("b", LONG_RESULT);
        }
        List<String> before = Files.readAllLines(file);

        // when
        Journal.open(file, 0).close();

        // then
        assertThat(Files.readAllLines(file)).hasSizeLessThan(before.size());
        try (Journal shortened = Journal.open(file)) {
            assertThat(shortened.changes()).containsExactly(FIRST, edited.mergeRetry(editedAgain));
            assertThat(shortened.keyToWipe()).contains("key");
            assertThat(shortened.result("a")).contains(RESULT);
            assertThat(shortened.result("b")).contains(LONG_RESULT);
            assertThat(shortened.unfinished()).containsExactly(prepare("c", 2));
            assertThat(shortened.highestSequence()).isEqualTo(4);
            assertThat(shortened.isSuperseded(prepare("c", 2))).isTrue();
            assertThat(shortened.isSuperseded(prepare("d", 3))).isFalse();
        }
    }

    @Test
    void shouldBeEmptyAfterACompactionWithoutEntries() {
        // given
        Journal.open(file, -1).close();

        // when
        try (Journal shortened = Journal.open(file)) {
            // then
            assertThat(file).isEmptyFile();
            assertThat(shortened.highestSequence()).isEqualTo(Long.MIN_VALUE);
        }
    }

    @Test
    void shouldContinueAfterACompactionOnAnInterruptedThread() {
        // given
        try (Journal journal = Journal.open(file, 0)) {
            journal.recordAccepted(prepare("a", 1));
            Thread.currentThread().interrupt();

            // when
            journal.recordFinished("a", RESULT);

            // then
            assertThat(Thread.interrupted()).isTrue();
            journal.recordAccepted(prepare("b", 2));
        }
        try (Journal reopened = Journal.open(file)) {
            assertThat(reopened.result("a")).contains(RESULT);
            assertThat(reopened.unfinished()).containsExactly(prepare("b", 2));
        }
    }

    @Test
    void shouldContinueInTheLongFileIfNoOtherCanBeCreated() throws IOException {
        // given something that lies where the shorter file would be made
        Files.createDirectories(aside().resolve("something"));
        try (Journal journal = Journal.open(file, 0)) {
            journal.recordAccepted(prepare("a", 1));

            // when
            journal.recordFinished("a", RESULT);
            journal.recordAccepted(prepare("b", 2));
        }

        // then
        assertThat(Files.readAllLines(file)).hasSize(3);
        try (Journal reopened = Journal.open(file)) {
            assertThat(reopened.result("a")).contains(RESULT);
            assertThat(reopened.unfinished()).containsExactly(prepare("b", 2));
        }
    }

    @Test
    void shouldContinueInTheLongFileIfTheDiskIsFull() throws Exception {
        SmallFileSystem disk = new SmallFileSystem(directory);
        try {
            // given
            disk.mount();
            try (Journal journal = Journal.open(file, 0)) {
                journal.recordAccepted(prepare("a", 1));
                journal.recordAccepted(prepare("b", 2));
                journal.recordFinished("a", LONG_RESULT);
                disk.leave(0);

                // when
                journal.recordFinished("b", RESULT);

                // then
                assertThat(aside()).doesNotExist();
            }
            try (Journal reopened = Journal.open(file)) {
                assertThat(reopened.result("a")).contains(LONG_RESULT);
                assertThat(reopened.result("b")).contains(RESULT);
            }
        } finally {
            disk.unmount();
        }
    }

    @Test
    void shouldDeleteTheTemporaryFileThatACrashLeft() throws IOException {
        // given
        try (Journal journal = Journal.open(file)) {
            journal.recordAccepted(prepare("a", 1));
        }
        Files.writeString(aside(), "{\"entry\":\"See");

        // when
        try (Journal reopened = Journal.open(file)) {
            // then
            assertThat(aside()).doesNotExist();
            assertThat(reopened.unfinished()).containsExactly(prepare("a", 1));
        }
    }

    private Path aside() {
        return directory.resolve(".journal.jsonl.nodejoin");
    }
}
