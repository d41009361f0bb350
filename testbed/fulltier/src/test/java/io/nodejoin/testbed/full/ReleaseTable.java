package io.nodejoin.testbed.full;

import com.fasterxml.jackson.databind.JsonNode;
import io.nodejoin.testbed.full.ResultFiles.Newest;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The kubelets that have joined, by API server. */
final class ReleaseTable {
    private ReleaseTable() {}

    static String of(Newest newest) {
        Map<String, Set<String>> kubelets = new LinkedHashMap<>();
        Map<String, Set<String>> runtimes = new LinkedHashMap<>();
        JsonNode figures = ResultFiles.JSON.valueToTree(newest.result().figures());
        figures.path("pairs").forEach(pair -> {
            String apiServer = pair.path("apiServer").asText();
            kubelets.computeIfAbsent(apiServer, _ -> new LinkedHashSet<>())
                    .add(pair.path("kubelet").asText());
            runtimes.computeIfAbsent(apiServer, _ -> new LinkedHashSet<>())
                    .add(pair.path("runtime").asText());
        });
        return "| API server | kubelets | container runtime |\n|---|---|---|\n"
                + kubelets.entrySet().stream()
                        .map(row -> "| %s | %s | %s |\n"
                                .formatted(
                                        row.getKey(),
                                        String.join(", ", row.getValue()),
                                        String.join(", ", runtimes.getOrDefault(row.getKey(), Set.of()))))
                        .collect(Collectors.joining())
                + "\nJoined and released on commit %s, %s.\n"
                        .formatted(
                                Results.shortened(newest.commit()),
                                newest.file().machine().kernel());
    }
}
