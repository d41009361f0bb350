package io.nodejoin.dashboard.page;

import io.nodejoin.dashboard.text.Format;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.visibility.event.DeadLetter;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The refused requests.
 *
 * @param problem why the list is not up to date; null if it is
 */
public record DeadLettersPage(
        Chrome chrome,
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

    /** Returns what to do about a letter; empty if its code is not known. */
    public static String remedy(DeadLetter letter) {
        Optional<ErrorCode> code = Arrays.stream(ErrorCode.values())
                .filter(known -> known.name().equals(letter.reason()))
                .findFirst();
        return code.map(ErrorCode::remedy).orElse("");
    }

    /** Returns the address of the runbook; null if the documents are not configured. */
    public @Nullable String runbook() {
        return docs == null ? null : docs + "operations/dead-letters.md";
    }
}
