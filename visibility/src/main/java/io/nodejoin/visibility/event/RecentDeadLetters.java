package io.nodejoin.visibility.event;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The latest dead letters in memory, bounded by number. Thread-safe. */
public final class RecentDeadLetters implements TopicFeed.Sink {
    private final int max;
    private final Deque<DeadLetter> letters = new ArrayDeque<>();

    public RecentDeadLetters(int max) {
        this.max = max;
    }

    @Override
    public void add(ConsumerRecord<byte[], byte[]> read) {
        add(DeadLetter.of(read));
    }

    public synchronized void add(DeadLetter letter) {
        letters.addFirst(letter);
        while (letters.size() > max) {
            letters.removeLast();
        }
    }

    /** Returns the latest ones since this time, the newest first. */
    public synchronized List<DeadLetter> since(Instant since) {
        return letters.stream().filter(letter -> !letter.at().isBefore(since)).toList();
    }
}
