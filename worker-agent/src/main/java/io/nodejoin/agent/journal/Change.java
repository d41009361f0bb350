package io.nodejoin.agent.journal;

import java.util.List;
import java.util.stream.Stream;

/** A change of the host by a named step, and the way back. */
public record Change(String step, Undo undo) {

    /** This one when the same step is begun again: the host before it stays the first one, and more was written since. */
    Change begunAgain(Change later) {
        return undo instanceof Undo.RestoreFile(String path, String content, int mode, List<String> written)
                        && later.undo instanceof Undo.RestoreFile again
                ? new Change(
                        step,
                        new Undo.RestoreFile(
                                path,
                                content,
                                mode,
                                Stream.concat(written.stream(), again.written().stream())
                                        .distinct()
                                        .toList()))
                : this;
    }
}
