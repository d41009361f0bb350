package io.nodejoin.visibility.join;

import java.util.List;

/**
 * What a join did, as Temporal recorded it.
 *
 * @param steps its activities in the order of their start
 * @param messages the updates it accepted and the signals it got
 * @param hostLog the last lines of the host's log that came with the failure of a command; empty if none failed
 */
public record JoinHistory(List<HistoryStep> steps, List<HistoryMessage> messages, List<String> hostLog) {
    public JoinHistory {
        steps = List.copyOf(steps);
        messages = List.copyOf(messages);
        hostLog = List.copyOf(hostLog);
    }
}
