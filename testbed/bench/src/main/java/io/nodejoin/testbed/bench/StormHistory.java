package io.nodejoin.testbed.bench;

import java.util.List;

/**
 * What Temporal had to keep of the joins of a storm that have succeeded: medians, but all retries.
 *
 * @param activityRetries how many activities were started again, of all joins
 */
record StormHistory(
        double events, double workflowTasks, double activities, double localActivities, int activityRetries) {

    static StormHistory of(List<JoinHistory> joins) {
        if (joins.isEmpty()) {
            return new StormHistory(0, 0, 0, 0, 0);
        }
        List<JoinHistory.Size> sizes = joins.stream().map(JoinHistory::size).toList();
        return new StormHistory(
                Samples.medianOf(sizes, JoinHistory.Size::events),
                Samples.medianOf(sizes, JoinHistory.Size::workflowTasks),
                Samples.medianOf(sizes, JoinHistory.Size::activities),
                Samples.medianOf(sizes, JoinHistory.Size::localActivities),
                joins.stream().mapToInt(JoinHistory::activityRetries).sum());
    }
}
