package io.nodejoin.agent.journal;

import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The state that a journal's entries describe, as far as it is still needed. */
final class JournalState {
    /** As many results as the gateway keeps. It has one command per host at a time, and a reset that overtakes it. */
    private static final int RESULTS_KEPT = 16;

    private final List<Change> changes = new ArrayList<>();
    private final LinkedHashMap<String, HostResult> results = new LinkedHashMap<>();
    private final Map<String, Assignment> unfinished = new LinkedHashMap<>();
    private long highestSequence = Long.MIN_VALUE;
    private long latestReset = Long.MIN_VALUE;
    private @Nullable String keyToWipe;

    void apply(JournalEntry entry) {
        switch (entry) {
            case JournalEntry.Accepted(Assignment assignment) -> {
                unfinished.put(assignment.id(), assignment);
                recordSequence(assignment.sequence(), assignment.command() instanceof HostCommand.ResetHost);
            }
            case JournalEntry.SequenceSeen(long sequence, boolean reset) -> recordSequence(sequence, reset);
            case JournalEntry.Intended(List<Change> upcoming) -> {
                upcoming.forEach(this::addOrMerge);
                keyToWipe = null;
            }
            case JournalEntry.Done _ -> {}
            case JournalEntry.Finished(String assignment, HostResult result) -> {
                unfinished.remove(assignment);
                results.put(assignment, result);
                if (results.size() > RESULTS_KEPT) {
                    results.pollFirstEntry();
                }
            }
            case JournalEntry.KeyWipeIntended(String keyDigest) -> keyToWipe = keyDigest;
            case JournalEntry.StepsUndone(List<String> steps) ->
                changes.removeIf(change -> steps.contains(change.step()));
            case JournalEntry.AllUndone() -> changes.clear();
        }
    }

    private void recordSequence(long sequence, boolean reset) {
        highestSequence = Math.max(highestSequence, sequence);
        if (reset) {
            latestReset = Math.max(latestReset, sequence);
        }
    }

    /** A step that is repeated after a crash finds its own result as pre-image, so the first pre-image is kept. */
    private void addOrMerge(Change change) {
        for (int i = 0; i < changes.size(); i++) {
            if (changes.get(i).step().equals(change.step())) {
                changes.set(i, changes.get(i).mergeRetry(change));
                return;
            }
        }
        changes.add(change);
    }

    /** Returns the shortest list of entries with the same state. */
    List<JournalEntry> compactedEntries() {
        List<JournalEntry> entries = new ArrayList<>();
        if (latestReset > Long.MIN_VALUE) {
            entries.add(new JournalEntry.SequenceSeen(latestReset, true));
        }
        if (highestSequence > latestReset) {
            entries.add(new JournalEntry.SequenceSeen(highestSequence, false));
        }
        if (!changes.isEmpty()) {
            entries.add(new JournalEntry.Intended(changes));
        }
        if (keyToWipe != null) {
            entries.add(new JournalEntry.KeyWipeIntended(keyToWipe));
        }
        results.forEach((assignment, result) -> entries.add(new JournalEntry.Finished(assignment, result)));
        unfinished.values().forEach(assignment -> entries.add(new JournalEntry.Accepted(assignment)));
        return entries;
    }

    List<Change> changes() {
        return List.copyOf(changes);
    }

    Optional<HostResult> result(String assignment) {
        return Optional.ofNullable(results.get(assignment));
    }

    boolean isUnfinished(String assignment) {
        return unfinished.containsKey(assignment);
    }

    List<Assignment> unfinished() {
        return List.copyOf(unfinished.values());
    }

    Optional<String> keyToWipe() {
        return Optional.ofNullable(keyToWipe);
    }

    long highestSequence() {
        return highestSequence;
    }

    long latestReset() {
        return latestReset;
    }
}
