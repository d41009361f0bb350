package io.nodejoin.dashboard.page;

import io.nodejoin.dashboard.text.Format;
import io.nodejoin.dashboard.text.Links;
import io.nodejoin.visibility.event.DeadLetter;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The refused requests.
 *
 * @param problem why the list is not up to date; null if it is
 */
public record DeadLettersPage(
        PageLayout layout,
        List<DeadLetter> letters,
        Instant now,
        @Nullable String problem,
        @Nullable String docs) {
    public DeadLettersPage {
        letters = List.copyOf(letters);
    }

    public String time(DeadLetter letter) {
        return Format.time(letter.at(), now);
    }

    public static String replayHref(DeadLetter letter) {
        return Links.replay(letter.partition(), letter.offset());
    }

    /** Returns the address of the runbook; null if the documents are not configured. */
    public @Nullable String runbook() {
        return docs == null ? null : docs + "operations/dead-letters.md";
    }
}
