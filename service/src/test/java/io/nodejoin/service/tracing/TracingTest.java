package io.nodejoin.service.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.client.config.ConfigException;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.activity.LocalActivityOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.RetryOptions;
import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.common.interceptors.WorkflowClientInterceptor;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TracingTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SENDER = "b7ad6b7169203331";
    private static final String QUEUE = "nodes";

    private final InMemorySpanExporter exported = InMemorySpanExporter.create();
    private final OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .setIdGenerator(new ChosenIds())
                    .addSpanProcessor(SimpleSpanProcessor.create(exported))
                    .build())
            .build();
    private final Tracing tracing = new Tracing(sdk);
    private final TestWorkflowEnvironment temporal =
            TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                    .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                            .setInterceptors(tracing.clients().toArray(WorkflowClientInterceptor[]::new))
                            .build())
                    .setWorkerFactoryOptions(WorkerFactoryOptions.newBuilder()
                            .setWorkerInterceptors(tracing.workers().toArray(WorkerInterceptor[]::new))
                            .build())
                    .build());

    @WorkflowInterface
    public interface Run {
        @WorkflowMethod
        void run();
    }

    @ActivityInterface
    public interface Steps {
        void act();
    }

    @ActivityInterface
    public interface LocalSteps {
        void record();
    }

    public static final class RunImpl implements Run {
        @Override
        public void run() {
            Workflow.newLocalActivityStub(
                            LocalSteps.class,
                            LocalActivityOptions.newBuilder()
                                    .setStartToCloseTimeout(Duration.ofSeconds(5))
                                    .build())
                    .record();
            Workflow.newActivityStub(
                            Steps.class,
                            ActivityOptions.newBuilder()
                                    .setStartToCloseTimeout(Duration.ofSeconds(5))
                                    .setRetryOptions(RetryOptions.newBuilder()
                                            .setMaximumAttempts(2)
                                            .build())
                                    .build())
                    .act();
        }
    }

    @AfterEach
    void close() {
        temporal.close();
        sdk.close();
    }

    @Test
    void shouldTraceFromTheSenderOfARequestToEachActivityOfItsRun() {
        // given
        register(() -> {});

        // when
        WorkflowStub run = inRequest(TRACE, SENDER, this::start);
        run.getResult(Void.class);

        // then
        SpanData request = span("process requests");
        SpanData workflow = span("Run");
        assertThat(request.getParentSpanId()).isEqualTo(SENDER);
        assertThat(workflow.getParentSpanId()).isEqualTo(request.getSpanId());
        assertThat(span("Record").getParentSpanId()).isEqualTo(workflow.getSpanId());
        assertThat(span("Act").getParentSpanId()).isEqualTo(workflow.getSpanId());
        assertThat(exported.getFinishedSpanItems())
                .hasSize(4)
                .allMatch(span -> span.getTraceId().equals(TRACE));
    }

    @Test
    void shouldTellEachFailedAttemptAndTheFailureOfTheRunByKindAlone() {
        // given
        register(() -> {
            throw ApplicationFailure.newFailure("the secret is hunter2", "AGENT_UNREACHABLE");
        });

        // when
        WorkflowStub run = inRequest(TRACE, SENDER, this::start);

        // then
        assertThatThrownBy(() -> run.getResult(Void.class)).isInstanceOf(WorkflowFailedException.class);
        assertThat(spans("Act"))
                .extracting(SpanData::getStatus)
                .containsExactly(
                        StatusData.create(StatusCode.ERROR, "AGENT_UNREACHABLE"),
                        StatusData.create(StatusCode.ERROR, "AGENT_UNREACHABLE"));
        assertThat(spans("Act"))
                .extracting(span -> span.getAttributes().get(SpanAttributes.ATTEMPT))
                .containsExactly(1L, 2L);
        assertThat(exported.getFinishedSpanItems().toString()).doesNotContain("hunter2");
    }

    @Test
    void shouldTraceNothingOfARunWhoseRequestHasNoSpan() {
        // given
        register(() -> {});

        // when
        start().getResult(Void.class);

        // then
        assertThat(exported.getFinishedSpanItems()).isEmpty();
    }

    @Test
    void shouldTellTheReaderOfAnEventWhichSpanSentIt() {
        // given
        ProducerRecord<byte[], byte[]> event = new ProducerRecord<>("events", new byte[0]);
        Span span = tracing.requests().start(record(TRACE, SENDER), Optional.empty());

        // when
        try (Scope _ = span.makeCurrent();
                TracedRecords records = new TracedRecords()) {
            records.onSend(event);
        }

        // then
        assertThat(new String(event.headers().lastHeader("ce_traceparent").value(), StandardCharsets.UTF_8))
                .isEqualTo("00-" + TRACE + "-" + span.getSpanContext().getSpanId() + "-01");
        assertThat(tracing.producer(Map.of(ProducerConfig.INTERCEPTOR_CLASSES_CONFIG, "com.example.Own")))
                .containsEntry(
                        ProducerConfig.INTERCEPTOR_CLASSES_CONFIG, "com.example.Own," + TracedRecords.class.getName());
    }

    @Test
    void shouldIgnoreATraceparentThatIsNone() {
        // when
        Span span = tracing.requests().start(record("0".repeat(32), "of nothing"), Optional.empty());

        // then
        assertThat(span.getSpanContext().isValid()).isTrue();
        assertThat(span.getSpanContext().getTraceId()).isNotEqualTo("0".repeat(32));
    }

    @Test
    void shouldBeOffUnlessACollectorIsNamed() throws ConfigException {
        // when
        Tracing off = Tracing.of(Map.of("OTEL_SERVICE_NAME", "mine"), "gateway-0");

        // then
        assertThat(off.clients()).isEmpty();
        assertThat(off.workers()).isEmpty();
        assertThat(off.producer(Map.of())).isEmpty();
    }

    @Test
    void shouldSayWhichVariableCannotBeUsed() {
        // given
        Map<String, String> environment =
                Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318", "OTEL_TRACES_SAMPLER", "sometimes");

        // when, then
        assertThatThrownBy(() -> Tracing.of(environment, "gateway-0"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("sometimes")
                .hasMessageContaining("To do:");
    }

    private void register(Steps steps) {
        Worker worker = temporal.newWorker(QUEUE);
        worker.registerWorkflowImplementationTypes(RunImpl.class);
        worker.registerActivitiesImplementations(steps, (LocalSteps) () -> {});
        temporal.start();
    }

    private WorkflowStub start() {
        WorkflowClient client = temporal.getWorkflowClient();
        WorkflowStub run = client.newUntypedWorkflowStub(
                "Run", WorkflowOptions.newBuilder().setTaskQueue(QUEUE).build());
        run.start();
        return run;
    }

    private WorkflowStub inRequest(String trace, String sender, Supplier<WorkflowStub> calls) {
        Span span = tracing.requests().start(record(trace, sender), Optional.empty());
        try (Scope _ = span.makeCurrent()) {
            return calls.get();
        } finally {
            span.end();
        }
    }

    private static ConsumerRecord<byte[], byte[]> record(String trace, String sender) {
        ConsumerRecord<byte[], byte[]> kafkaRecord = new ConsumerRecord<>("requests", 0, 7, new byte[0], new byte[0]);
        kafkaRecord
                .headers()
                .add("ce_traceparent", ("00-" + trace + "-" + sender + "-01").getBytes(StandardCharsets.UTF_8));
        return kafkaRecord;
    }

    private SpanData span(String name) {
        List<SpanData> named = spans(name);
        assertThat(named).as("spans named %s", name).hasSize(1);
        return named.getFirst();
    }

    private List<SpanData> spans(String name) {
        return exported.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals(name))
                .toList();
    }
}
