package io.nodejoin.testbed.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One join, hop by hop.
 *
 * @param tokenSeconds how long the Secret of its token was there; null without one
 * @param readsToo whether the requests are all of them, and not the writes alone
 * @param used beyond what the servers use at rest
 * @param requests to the API server up to the event of success: by who has made them, how often each verb and resource
 * @param laterRequests the same from then until the close of the workflow
 */
record WaterfallResult(
        List<Row> rows,
        double readySeconds,
        double succeededSeconds,
        @Nullable Double tokenSeconds,
        @JsonProperty("temporal") JoinHistory.Size history,
        @JsonProperty("cpuSeconds") CpuTime used,
        @JsonProperty("cpuAtRestPerSecond") CpuTime restPerSecond,
        @JsonProperty("withReads") boolean readsToo,
        Map<String, Map<String, Integer>> requests,
        Map<String, Map<String, Integer>> laterRequests)
        implements BenchBed.Report {

    WaterfallResult {
        rows = List.copyOf(rows);
        requests = Map.copyOf(requests);
        laterRequests = Map.copyOf(laterRequests);
    }

    /** One hop; times in milliseconds since the send of the record. */
    record Row(double fromMillis, double toMillis, String source, String what) {}

    @Override
    public String text() {
        return "  from ms |    to ms |     took | source     | what\n"
                + rows.stream().map(WaterfallResult::line).collect(Collectors.joining())
                + String.format(
                        Locale.ROOT,
                        """
                        Ready after %.2f s, succeeded after %.2f s%s
                        Temporal: %d events up to the close, %d workflow tasks, %d activities, %d local activities
                        CPU seconds up to the close: service %.2f, Temporal %.2f, agent %.2f
                        beyond those at rest, in each second: service %.3f, Temporal %.3f
                        """,
                        readySeconds,
                        succeededSeconds,
                        tokenSeconds == null
                                ? ""
                                : String.format(Locale.ROOT, ", the token lived %.2f s", tokenSeconds),
                        history.events(),
                        history.workflowTasks(),
                        history.activities(),
                        history.localActivities(),
                        used.service(),
                        used.temporal(),
                        used.agent(),
                        restPerSecond.service(),
                        restPerSecond.temporal())
                + requests("until success", requests)
                + requests("after it", laterRequests);
    }

    private String requests(String when, Map<String, Map<String, Integer>> byWho) {
        return (readsToo ? "requests" : "writes") + " to the API server " + when + ":\n"
                + new TreeMap<>(byWho)
                        .entrySet().stream()
                                .map(each -> requestsOf(each.getKey(), each.getValue()))
                                .collect(Collectors.joining());
    }

    private static String line(Row row) {
        return String.format(
                Locale.ROOT,
                "%9.1f |%9.1f |%9.1f | %-10s | %s%n",
                row.fromMillis(),
                row.toMillis(),
                row.toMillis() - row.fromMillis(),
                row.source(),
                row.what());
    }

    private static String requestsOf(String who, Map<String, Integer> kinds) {
        return String.format(
                Locale.ROOT,
                "  %4d  %s: %s%n",
                kinds.values().stream().mapToInt(Integer::intValue).sum(),
                who,
                kinds.entrySet().stream()
                        .map(kind -> kind.getValue() + " " + kind.getKey())
                        .collect(Collectors.joining(", ")));
    }
}
