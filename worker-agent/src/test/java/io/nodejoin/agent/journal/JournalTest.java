package io.nodejoin.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.agent.command.TinyDisk;
import io.nodejoin.agent.host.HostFailure;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.join.HostProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
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
        return assignment(id, sequence, new HostCommand.PrepareHost(HostProfile.CONTAINERD, null, null));
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
    void shouldNameTheDiskThatCannotHoldIt() {
        // given a place where no file can be made
        Path nowhere = directory.resolve("no-such-directory").resolve("journal.jsonl");

        // when
        ThrowingCallable open = () -> Journal.open(nowhere);

        // then
        assertThatThrownBy(open)
                .isInstanceOfSatisfying(
                        HostFailure.class,
                        failure -> assertThat(failure.problem().code()).isEqualTo(ErrorCode.HOST_DISK_FULL));
    }

    @Test
    void shouldWriteOnAThreadThatIsInterrupted() {
        // given
        try (Journal journal = Journal.open(file)) {
            Thread.currentThread().interrupt();

            // when
            journal.accepted(assignment("a", 1));

            // then
            assertThat(Thread.interrupted()).isTrue();
            journal.finished("a", RESULT);
        }
        try (Journal journal = Journal.open(file)) {
            assertThat(journal.result("a")).contains(RESULT);
        }
    }

    @Test
    void shouldGoOnOnceItsFileCanBeOpenedAgainAfterAnInterrupt() throws IOException {
        // given a file that cannot be opened when an interrupt has closed it
        Path elsewhere = directory.resolve("elsewhere");
        try (Journal journal = Journal.open(file)) {
            Files.move(file, elsewhere);
            Thread.currentThread().interrupt();
            journal.accepted(assignment("a", 1));
            assertThat(Thread.interrupted()).isTrue();
            Files.move(elsewhere, file);

            // when
            journal.accepted(prepare("b", 2));
        }

        // then
        try (Journal reopened = Journal.open(file)) {
            assertThat(reopened.unfinished()).containsExactly(assignment("a", 1), prepare("b", 2));
        }
    }

    @Test
    void shouldTakeNothingOnceItIsClosed() {
        // given
        Journal journal = Journal.open(file);
        journal.close();

        // when
        ThrowingCallable accept = () -> journal.accepted(prepare("a", 1));

        // then
        assertThatThrownBy(accept).isInstanceOf(HostFailure.class);
    }

    @Test
    void shouldKnowAfterCrashWhatItHadTakenOnChangedAndAnswered() {
        // given
        try (Journal journal = Journal.open(file)) {
            journal.accepted(assignment("a", 1));
            journal.intended(List.of(FIRST));
            journal.finished("a", RESULT);
            journal.accepted(assignment("b", 2));
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
    void shouldCutLineTornByCrashAndGoOn() throws IOException {
        // given
        try (Journal journal = Journal.open(file)) {
            journal.intended(List.of(FIRST));
        }
        Files.writeString(file, "{\"entry\":\"Accep", StandardOpenOption.APPEND);

        // when
        try (Journal reopened = Journal.open(file)) {
            reopened.accepted(assignment("a", 1));
        }

        // then
        try (Journal again = Journal.open(file)) {
            assertThat(again.changes()).containsExactly(FIRST);
            assertThat(again.unfinished()).hasSize(1);
        }
    }

    @Test
    void shouldNoteFactsDownOnceThereIsRoomForThem() throws Exception {
        TinyDisk disk = new TinyDisk(directory);
        try {
            // given
            disk.mount();
            try (Journal journal = Journal.open(file)) {
                journal.accepted(prepare("a", 1));
                journal.intended(List.of(FIRST));
                disk.leave(0);
                journal.finished("a", LONG_RESULT);
                journal.accepted(assignment("b", 2));
                journal.takenBack();
                disk.empty();

                // when
                journal.finished("b", RESULT);
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
    void shouldForgetChangesOnceTakenBack() {
        // given
        try (Journal journal = Journal.open(file)) {
            journal.intended(List.of(FIRST));

            // when
            journal.takenBack();
        }

        // then
        try (Journal reopened = Journal.open(file)) {
            assertThat(reopened.changes()).isEmpty();
        }
    }

    @Test
    void shouldKnowWhichKeyItWasToWipeAlsoOnceAllIsTakenBack() {
        // given
        try (Journal journal = Journal.open(file)) {
            journal.intended(List.of(FIRST));

            // when
            journal.wiping("key");
            journal.takenBack();
        }

        // then
        try (Journal reopened = Journal.open(file)) {
            assertThat(reopened.keyToWipe()).contains("key");
        }
    }

    @Test
    void shouldForgetWhichKeyItWasToWipeOnceTheHostIsChangedAgain() {
        // given
        try (Journal journal = Journal.open(file)) {
            journal.wiping("key");

            // when
            journal.intended(List.of(FIRST));
        }

        // then
        try (Journal reopened = Journal.open(file)) {
            assertThat(reopened.keyToWipe()).isEmpty();
        }
    }
}
