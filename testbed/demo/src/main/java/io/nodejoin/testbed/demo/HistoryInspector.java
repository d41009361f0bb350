package io.nodejoin.testbed.demo;

import io.nodejoin.workflows.temporal.DataConverters;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Searches the Temporal histories of joins for token secrets. */
final class HistoryInspector implements AutoCloseable {
    private static final Pattern TOKEN = Pattern.compile("(?<![A-Za-z0-9.])[a-z0-9]{6}\\.[a-z0-9]{16}(?![A-Za-z0-9.])");

    private final WorkflowServiceStubs stubs;
    private final WorkflowClient client;

    HistoryInspector(String target) {
        stubs = WorkflowServiceStubs.newServiceStubs(
                WorkflowServiceStubsOptions.newBuilder().setTarget(target).build());
        client = WorkflowClient.newInstance(
                stubs,
                WorkflowClientOptions.newBuilder()
                        .setDataConverter(DataConverters.dataConverter())
                        .build());
    }

    /**
     * Returns the names of workflows whose history contains one of these secrets, or any text in the form of a token.
     */
    List<String> findHistoriesWithSecrets(List<String> workflowIds, Set<String> secrets) {
        List<String> found = new ArrayList<>();
        for (String id : workflowIds) {
            // Payloads are raw bytes in the protobuf form, so a text search sees through them.
            byte[] raw = client.fetchHistory(id).getHistory().toByteArray();
            if (holdsSecret(new String(raw, StandardCharsets.ISO_8859_1), secrets)) {
                found.add(id);
            }
        }
        return found;
    }

    static boolean holdsSecret(String text, Set<String> secrets) {
        return secrets.stream().anyMatch(text::contains) || TOKEN.matcher(text).find();
    }

    @Override
    public void close() {
        stubs.shutdownNow();
    }
}
