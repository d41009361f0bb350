package io.nodejoin.service.tracing;

import io.nodejoin.client.config.ConfigException;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.resources.Resource;
import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.common.interceptors.WorkflowClientInterceptor;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.jspecify.annotations.Nullable;

/**
 * The traces of a service. Off unless the environment names a collector; then everything else of a trace's export is set
 * by the variables of the OpenTelemetry specification as well
 * (<a href="https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/">SDK environment
 * variables</a>): sampler, headers, certificates, time limits, resource attributes. Spans that the collector does not
 * take in time are dropped; joins do not wait for it.
 */
public final class Tracing implements AutoCloseable {
    private static final String SCOPE = "io.nodejoin";
    /** Either switches tracing on. */
    private static final List<String> ENDPOINTS =
            List.of("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
    /** Metrics are scraped, and logs are lines of standard error. */
    private static final Map<String, String> DEFAULTS = Map.of(
            "otel.service.name", "nodejoin",
            "otel.exporter.otlp.protocol", "http/protobuf",
            "otel.metrics.exporter", "none",
            "otel.logs.exporter", "none");

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);

    private final @Nullable OpenTelemetrySdk sdk;
    private final Tracer tracer;

    Tracing(@Nullable OpenTelemetrySdk sdk) {
        this.sdk = sdk;
        this.tracer = (sdk == null ? OpenTelemetry.noop() : sdk).getTracer(SCOPE);
    }

    /** Returns tracing that traces nothing. */
    public static Tracing off() {
        return new Tracing(null);
    }

    /**
     * Returns the tracing that the environment asks for. Connects to nothing.
     *
     * @param instance the stable name of this replica
     * @throws ConfigException if a variable has a value that cannot be used
     */
    public static Tracing of(Map<String, String> environment, String instance) throws ConfigException {
        if (ENDPOINTS.stream()
                .allMatch(name -> environment.getOrDefault(name, "").isBlank())) {
            return off();
        }
        try {
            OpenTelemetrySdk sdk = AutoConfiguredOpenTelemetrySdk.builder()
                    .disableShutdownHook()
                    .addPropertiesCustomizer(_ -> properties(environment))
                    .addResourceCustomizer((configured, _) -> resource(instance).merge(configured))
                    .addTracerProviderCustomizer((provider, _) -> provider.setIdGenerator(new ChosenIds()))
                    .build()
                    .getOpenTelemetrySdk();
            return new Tracing(sdk);
        } catch (ConfigurationException e) {
            throw new ConfigException(
                    "traces cannot be exported: " + e.getMessage()
                            + ". To do: correct the environment variable OTEL_..., or set neither of "
                            + String.join(" and ", ENDPOINTS),
                    e);
        }
    }

    /** The specification writes a property's name in capitals and with underscores. */
    private static Map<String, String> properties(Map<String, String> environment) {
        Map<String, String> properties = new HashMap<>(DEFAULTS);
        environment.forEach((name, value) -> {
            if (name.startsWith("OTEL_") && !value.isBlank()) {
                properties.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value);
            }
        });
        return properties;
    }

    private static Resource resource(String instance) {
        return Resource.create(
                Attributes.builder().put("service.instance.id", instance).build());
    }

    /** Returns the spans of requests. */
    public RequestSpans requests() {
        return new RequestSpans(tracer);
    }

    /** Returns what hands the current span on to a workflow that is started or signalled. */
    public List<WorkflowClientInterceptor> clients() {
        return sdk == null ? List.of() : List.of(new TracedClient());
    }

    /** Returns what traces workflows and their activities. */
    public List<WorkerInterceptor> workers() {
        return sdk == null ? List.of() : List.of(new TracedWorker(tracer));
    }

    /** Adds to a producer's settings that its records tell of the current span. */
    public Map<String, Object> producer(Map<String, Object> settings) {
        if (sdk == null) {
            return settings;
        }
        Map<String, Object> traced = new HashMap<>(settings);
        traced.merge(
                ProducerConfig.INTERCEPTOR_CLASSES_CONFIG,
                TracedRecords.class.getName(),
                (own, ours) -> own + "," + ours);
        return traced;
    }

    /** Exports what has ended, within three seconds. */
    @Override
    public void close() {
        Optional.ofNullable(sdk)
                .ifPresent(open ->
                        open.getSdkTracerProvider().shutdown().join(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS));
    }
}
