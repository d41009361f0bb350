package io.nodejoin.dashboard.page;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The list of joins.
 *
 * @param query what is in the form
 * @param rows the joins of this page
 * @param total how many pass the filter; negative if that could not be found out
 * @param next the address of the next page; null if this is the last one
 * @param first the address of the first page; null if this is it
 * @param problem why there is no list; null if there is one
 */
public record JoinsPage(
        PageLayout layout,
        List<ClusterName> clusters,
        JoinQuery query,
        List<JoinRow> rows,
        long total,
        @Nullable String next,
        @Nullable String first,
        @Nullable String problem) {
    public JoinsPage {
        clusters = List.copyOf(clusters);
        rows = List.copyOf(rows);
    }

    public List<String> phases() {
        return Arrays.stream(Phase.values())
                .filter(phase -> phase != Phase.Rejected)
                .map(Phase::name)
                .toList();
    }

    public List<String> codes() {
        return Arrays.stream(ErrorCode.values()).map(ErrorCode::name).sorted().toList();
    }

    /** Returns the periods to choose from, by their words. */
    public Map<String, String> periods() {
        Map<String, String> periods = new LinkedHashMap<>();
        periods.put("15m", "last 15 minutes");
        periods.put("1h", "last hour");
        periods.put("6h", "last 6 hours");
        periods.put("24h", "last 24 hours");
        periods.put("7d", "last 7 days");
        return periods;
    }
}
