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

    /** The agent has taken this command on. Its token is sealed, so the line is no secret. */
    record Accepted(Assignment assignment) implements JournalEntry {}

    /** A command of this sequence, a reset or another one, has been taken on. What it was nobody asks any more. */
    record SequenceSeen(long sequence, boolean reset) implements JournalEntry {}

    /** The agent is about to change the host; these are the ways back, in the order of the changes. */
    record Intended(List<Change> changes) implements JournalEntry {
        public Intended {
            changes = List.copyOf(changes);
        }
    }

    /** The step of this name has been done. */
    record Done(String step) implements JournalEntry {}

    /** The command of this id has ended so. */
    record Finished(String assignment, HostResult result) implements JournalEntry {}

    /** The kubelet holds a certificate of the key with this digest, and the changes so far are about to be taken back. */
    record KeyWipeIntended(String keyDigest) implements JournalEntry {}

    /** What these steps did has been taken back, and something else has not. */
    record StepsUndone(List<String> steps) implements JournalEntry {
        public StepsUndone {
            steps = List.copyOf(steps);
        }
    }

    /** All changes so far have been taken back. */
    record AllUndone() implements JournalEntry {}
}
