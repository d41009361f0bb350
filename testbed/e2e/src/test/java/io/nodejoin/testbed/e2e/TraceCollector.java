package io.nodejoin.testbed.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.process.SupervisedProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A real OpenTelemetry Collector on loopback, and the spans that it has received over OTLP. */
final class TraceCollector implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final LoopbackPort port = LoopbackPort.free();
    private final SupervisedProcess process;
    private final Path received;

    /**
     * A received span.
     *
     * @param service the name of the service that sent it
     * @param events the names of its events, in their order
     */
    record Span(
            String service,
            String traceId,
            String id,
            String parentId,
            String name,
            Map<String, String> attributes,
            List<String> events) {}

    TraceCollector(TestBed testBed) {
        this.received = testBed.directories().log().resolve("spans.jsonl");
        this.process = new SupervisedProcess(
                "otelcol", testBed.directories().run(), testBed.directories().log());
        process.start(List.of(testBed.otelcol().toString(), "--config", "yaml:" + configuration()));
        process.awaitReady(TIMEOUT, port::accepts);
    }

    private String configuration() {
        return """
                receivers:
                  otlp: {protocols: {http: {endpoint: "127.0.0.1:%d"}}}
                exporters:
                  file: {path: "%s", flush_interval: 100ms}
                service:
                  telemetry: {metrics: {level: none}}
                  pipelines:
                    traces: {receivers: [otlp], exporters: [file]}
                """.formatted(port.number(), received);
    }

    /** What a service is started with that sends to it. */
    Map<String, String> environment() {
        return Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + port, "OTEL_BSP_SCHEDULE_DELAY", "100");
    }

    List<Span> trace(String traceId) {
        return spans().stream().filter(span -> span.traceId().equals(traceId)).toList();
    }

    private List<Span> spans() {
        List<Span> spans = new ArrayList<>();
        for (String line : lines()) {
            for (JsonNode resource : read(line).path("resourceSpans")) {
                String service = attributes(resource.path("resource")).getOrDefault("service.name", "");
                for (JsonNode scope : resource.path("scopeSpans")) {
                    scope.path("spans").forEach(span -> spans.add(toSpan(service, span)));
                }
            }
        }
        return spans;
    }

    /** Without a line that is being written. */
    private List<String> lines() {
        try {
            String text = Files.exists(received) ? Files.readString(received) : "";
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode read(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException("the collector wrote what is not JSON: " + line, e);
        }
    }

    private static Span toSpan(String service, JsonNode span) {
        List<String> events = new ArrayList<>();
        span.path("events").forEach(event -> events.add(event.path("name").asText()));
        return new Span(
                service,
                span.path("traceId").asText(),
                span.path("spanId").asText(),
                span.path("parentSpanId").asText(),
                span.path("name").asText(),
                attributes(span),
                events);
    }

    private static Map<String, String> attributes(JsonNode holder) {
        Map<String, String> attributes = new HashMap<>();
        holder.path("attributes")
                .forEach(attribute -> attributes.put(
                        attribute.path("key").asText(),
                        attribute.path("value").path("stringValue").asText()));
        return attributes;
    }

    @Override
    public void close() {
        process.stop(Duration.ofSeconds(5));
    }
}
