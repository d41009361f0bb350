package io.nodejoin.agent.journal;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostResult;
import java.util.List;

/** One line of the journal. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "entry")
@JsonSubTypes({
    @JsonSubTypes.Type(name = "Accepted", value = JournalEntry.Accepted.class),
    @JsonSubTypes.Type(name = "SequenceSeen", value = JournalEntry.SequenceSeen.class),
    @JsonSubTypes.Type(name = "Intended", value = JournalEntry.Intended.class),
    @JsonSubTypes.Type(name = "Done", value = JournalEntry.Done.class),
    @JsonSubTypes.Type(name = "Finished", value = JournalEntry.Finished.class),
    @JsonSubTypes.Type(name = "KeyWipeIntended", value = JournalEntry.KeyWipeIntended.class),
    @JsonSubTypes.Type(name = "StepsUndone", value = JournalEntry.StepsUndone.class),
    @JsonSubTypes.Type(name = "AllUndone", value = JournalEntry.AllUndone.class)
})
sealed interface JournalEntry {

    /** The agent has accepted this command. Its token is sealed, so the line contains no secret. */
    record Accepted(Assignment assignment) implements JournalEntry {}

    /** A command with this sequence, a reset or another one, was accepted. Its content is no longer needed. */
    record SequenceSeen(long sequence, boolean reset) implements JournalEntry {}

    /** The agent is about to change the host; these are the undos, in the order of the changes. */
    record Intended(List<Change> changes) implements JournalEntry {
        public Intended {
            changes = List.copyOf(changes);
        }
    }

    /** The step with this name is complete. */
    record Done(String step) implements JournalEntry {}

    /** The command with this id has this result. */
    record Finished(String assignment, HostResult result) implements JournalEntry {}

    /** The kubelet has a certificate with this key, and all changes so far are about to be undone. */
    record KeyWipeIntended(String keyDigest) implements JournalEntry {}

    /** The changes of these steps are undone; others are not. */
    record StepsUndone(List<String> steps) implements JournalEntry {
        public StepsUndone {
            steps = List.copyOf(steps);
        }
    }

    /** All changes so far are undone. */
    record AllUndone() implements JournalEntry {}
}
