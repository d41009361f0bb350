package io.nodejoin.visibility.join;

import java.util.List;

/**
 * What a join did, as Temporal recorded it.
 *
 * @param steps its activities in the order of their start
 * @param messages the updates it accepted and the signals it got
 */
public record JoinHistory(List<HistoryStep> steps, List<HistoryMessage> messages) {
    public JoinHistory {
        steps = List.copyOf(steps);
        messages = List.copyOf(messages);
    }
}
