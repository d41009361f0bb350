package io.nodejoin.service.intake;

import io.nodejoin.activities.RootCause;
import io.nodejoin.activities.SupervisedLoop;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Processes records, each in a thread of its own, and hands back how each one ended. */
final class RecordThreads implements AutoCloseable {
    private final RecordProcessor processor;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("intake-record-", 0).factory());
    private final BlockingQueue<Completion> completions = new LinkedBlockingQueue<>();
    private int running;

    RecordThreads(RecordProcessor processor) {
        this.processor = processor;
    }

    /** @param obstacle why the record could not be processed, or null after it was */
    record Completion(PendingRecord tried, @Nullable String obstacle) {}

    void start(PendingRecord next) {
        running++;
        threads.execute(() -> completions.add(new Completion(next, process(next))));
    }

    /** Returns the number of records whose completion was not taken yet. */
    int running() {
        return running;
    }

    /** Takes the completion of a record; returns null if there is none in time. */
    @Nullable Completion poll(Duration timeout) throws InterruptedException {
        Completion next = completions.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
        if (next != null) {
            running--;
        }
        return next;
    }

    /** Interrupts what still runs; it is read again, since it is not committed. Returns at once. */
    @Override
    public void close() {
        threads.shutdownNow();
    }

    private @Nullable String process(PendingRecord next) {
        try {
            processor.process(next.content(), next.decide(processor));
            return null;
        } catch (ExecutionException | TimeoutException e) {
            return "Kafka: a rejected record cannot be put on the dead-letter topic: " + RootCause.message(e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return "the intake stops";
        } catch (RuntimeException e) { // no failure may skip a record, so each one pauses the partition
            return "Temporal: a join cannot be started: " + RootCause.message(e);
        } catch (Error e) {
            SupervisedLoop.logOrHalt("a record", e);
            return "a defect: " + e;
        }
    }
}
