package io.nodejoin.activities.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.workflows.failure.Failures;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class GroupCommitTest {
    private static final int THREADS = 100;
    private static final int ENTRIES = 5;

    @TempDir
    Path directory;

    private final HeldFile file = new HeldFile();
    private final AtomicInteger begun = new AtomicInteger();
    private final FileAuditLog log = new FileAuditLog(Path.of("audit.jsonl"), file, "nodejoin-0", clock());
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void close() {
        file.writes.release(THREADS * ENTRIES);
        threads.close();
    }

    @Test
    void shouldSyncEntriesThatArriveDuringASyncOnce() throws InterruptedException, ExecutionException {
        // given a first entry that is written while all others arrive
        List<Future<?>> entries = recordDuringAWrite();

        // when
        file.writes.release(2);

        // then
        for (Future<?> entry : entries) {
            entry.get();
        }
        assertThat(file.blocks).hasSize(2);
        assertThat(file.blocks.stream().flatMap(String::lines)).hasSize(THREADS);
    }

    @Test
    void shouldReturnNoEntryBeforeTheSyncThatCoversIt() throws InterruptedException, ExecutionException {
        // given
        List<Future<?>> entries = recordDuringAWrite();

        // when
        file.writes.release();
        entries.getFirst().get();

        // then
        await().until(file.writes::hasQueuedThreads);
        assertThat(entries.subList(1, THREADS)).noneMatch(Future::isDone);
    }

    @Test
    void shouldFailEachEntryOfABatchThatIsNotWrittenAndGoOn() throws InterruptedException, ExecutionException {
        // given
        List<Future<?>> entries = recordDuringAWrite();
        file.writes.release();
        entries.getFirst().get();
        file.full.set(true);

        // when
        file.writes.release();

        // then
        await().until(() -> entries.stream().allMatch(Future::isDone));
        assertThat(entries.subList(1, THREADS))
                .allSatisfy(entry -> assertThat(entry.exceptionNow())
                        .isInstanceOfSatisfying(
                                ApplicationFailure.class,
                                failure -> assertThat(
                                                Failures.problemOf(failure).code())
                                        .isEqualTo(ErrorCode.AUDIT_UNAVAILABLE)));
        assertThat(log.notReadyReason()).contains("No space left");
        file.full.set(false);
        file.writes.release();
        log.record(entry(0, 0));
        assertThat(log.notReadyReason()).isNull();
    }

    @Test
    void shouldKeepTheEntriesOfEachThreadInOrderWithFewSyncs() throws IOException, InterruptedException {
        // given
        Path path = directory.resolve("audit.jsonl");
        CountingFile counted = new CountingFile(new RotatedAuditFile(path));
        FileAuditLog shared = new FileAuditLog(path, counted, "nodejoin-0", Clock.systemUTC());

        // when
        List<Thread> writers = IntStream.range(0, THREADS)
                .mapToObj(thread -> Thread.startVirtualThread(
                        () -> IntStream.range(0, ENTRIES).forEach(number -> shared.record(entry(thread, number)))))
                .toList();
        for (Thread writer : writers) {
            writer.join();
        }

        // then
        List<String> lines = Files.readAllLines(path);
        assertThat(lines).hasSize(THREADS * ENTRIES);
        for (int thread = 0; thread < THREADS; thread++) {
            String join = "\"join\":\"join-" + thread + "\"";
            assertThat(lines.stream()
                            .filter(line -> line.contains(join))
                            .map(line -> line.replaceAll(".*\"object\":\"([0-9]+)\".*", "$1")))
                    .containsExactly("0", "1", "2", "3", "4");
        }
        assertThat(counted.syncs.availablePermits()).isLessThan(THREADS * ENTRIES / 2);
    }

    private List<Future<?>> recordDuringAWrite() {
        Future<?> first = threads.submit(() -> log.record(entry(0, 0)));
        await().until(file.writes::hasQueuedThreads);
        List<Future<?>> others = IntStream.range(1, THREADS)
                .<Future<?>>mapToObj(thread -> threads.submit(() -> log.record(entry(thread, 0))))
                .toList();
        await().until(() -> begun.get() == THREADS);
        return Stream.concat(Stream.of(first), others.stream()).toList();
    }

    /** Each entry asks for the time once. */
    private Clock clock() {
        InstantSource asked = () -> Instant.ofEpochSecond(begun.incrementAndGet());
        return asked.withZone(ZoneOffset.UTC);
    }

    private static AuditEntry entry(int thread, int number) {
        return new AuditEntry(null, "join-" + thread, "token.create", Integer.toString(number), Map.of());
    }

    /** Each write waits until it is released. */
    private static final class HeldFile implements AuditFile {
        private final Semaphore writes = new Semaphore(0);
        private final AtomicBoolean full = new AtomicBoolean();
        private final Queue<String> blocks = new ConcurrentLinkedQueue<>();

        @Override
        public void append(byte[] lines) throws IOException {
            writes.acquireUninterruptibly();
            if (full.get()) {
                throw new IOException("No space left on device");
            }
            blocks.add(new String(lines, StandardCharsets.UTF_8));
        }

        @Override
        public void requireWritable() {}
    }

    /** Each write is one sync. */
    private record CountingFile(AuditFile file, Semaphore syncs) implements AuditFile {
        CountingFile(AuditFile file) {
            this(file, new Semaphore(0));
        }

        @Override
        public void append(byte[] lines) throws IOException {
            file.append(lines);
            syncs.release();
        }

        @Override
        public void requireWritable() throws IOException {
            file.requireWritable();
        }
    }
}
