package io.nodejoin.visibility.join;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list: those that are open first, then the newest.
 *
 * @param next where the next page begins; null if this is the last one
 */
public record JoinPage(List<JoinSummary> joins, @Nullable PageToken next) {
    public JoinPage {
        joins = List.copyOf(joins);
    }
}
