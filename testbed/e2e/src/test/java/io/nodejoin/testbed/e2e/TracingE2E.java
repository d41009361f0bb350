package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.e2e.TraceCollector.Span;
import io.nodejoin.testbed.service.NodejoinService;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Traces of joins, as a collector of OpenTelemetry receives them. */
@Tag("operations")
@OnRestartedBed
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TracingE2E {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final String SENDER = "b7ad6b7169203331";

    private final SharedBed bed;
    private final NodejoinService service;

    private final TraceCollector collector;

    TracingE2E(SharedBed bed) {
        this.bed = bed;
        this.service = bed.testBed().service();
        this.collector = new TraceCollector(bed.testBed());
    }

    @BeforeAll
    void exportToCollector() {
        service.stop();
        service.startWith(collector.environment());
    }

    @AfterAll
    void exportNothing() {
        service.stop();
        service.start();
        collector.close();
    }

    @Test
    @Tag("real")
    void shouldFollowAJoinFromItsSenderToTheStepsOfTheHostAndToTheReaderOfItsOutcome() {
        // given
        String trace = "0af7651916cd43dd8448eb211c80319c";
        HostFixture fixture = bed.newHost("traced");
        bed.boot(fixture, Fault.NONE);

        // when
        request(fixture, trace, Instant.now());

        // then
        JoinSucceeded succeeded = bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);
        Map<String, Span> spans = await("the span of the run")
                .atMost(TIMEOUT)
                .until(() -> byName(collector.trace(trace)), found -> found.containsKey("NodeJoinWorkflow"));
        Span request = span(spans, "process nodejoin.requests.v1");
        Span run = span(spans, "NodeJoinWorkflow");
        assertThat(request.service()).isEqualTo("nodejoin");
        assertThat(request.parentId()).isEqualTo(SENDER);
        assertThat(request.attributes()).containsEntry("nodejoin.request.result", "started");
        assertThat(run.parentId()).isEqualTo(request.id());
        assertThat(run.attributes())
                .containsEntry("nodejoin.join", succeeded.joinId().value())
                .containsEntry("nodejoin.node", "traced")
                .containsEntry("nodejoin.phase", "Joined");
        assertThat(spans.keySet()).contains("Host_StartKubelet", "Token_Issue", "Event_Publish");
        assertThat(span(spans, "Token_Issue").parentId()).isEqualTo(run.id());
        assertThat(span(spans, "Host_StartKubelet").events()).contains("CertificateObtained", "KubeletActive");
        assertThat(bed.outcomes().traceparent(fixture.node(), JoinSucceeded.class))
                .startsWith("00-" + trace + "-" + span(spans, "Event_Publish").id());
    }

    @Test
    @Tag("full")
    void shouldTraceARequestWithoutASenderUnderTheIdOfItsJoin() {
        // given
        HostFixture fixture = bed.newHost("traced-alone");
        bed.boot(fixture, Fault.NONE);

        // when
        bed.request(fixture);

        // then
        JoinSucceeded succeeded = bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);
        await("the span of the run")
                .atMost(TIMEOUT)
                .until(
                        () -> byName(collector.trace(succeeded.joinId().value())),
                        found -> found.containsKey("NodeJoinWorkflow"));
    }

    @Test
    @Tag("real")
    void shouldContinueInTheTraceOfTheRequestThatSupersedes() {
        // given
        String first = "11111111111111111111111111111111";
        String second = "22222222222222222222222222222222";
        HostFixture fixture = bed.newHost("traced-twice");
        Instant now = Instant.now();
        request(fixture, first, now);
        bed.outcomes().awaitAccepted(fixture.node());

        // when
        request(fixture, second, now.plusMillis(1));
        bed.boot(fixture, Fault.NONE);

        // then
        bed.outcomes().awaitNthOutcome(2, fixture.node(), JoinSucceeded.class);
        Map<String, Span> spans = await("the span of the second run")
                .atMost(TIMEOUT)
                .until(() -> byName(collector.trace(second)), found -> found.containsKey("NodeJoinWorkflow"));
        assertThat(span(spans, "NodeJoinWorkflow").attributes()).containsEntry("nodejoin.phase", "Joined");
        assertThat(byName(collector.trace(first)))
                .containsKey("NodeJoinWorkflow")
                .doesNotContainKey("Token_Issue");
    }

    private void request(HostFixture fixture, String trace, Instant made) {
        bed.requests()
                .send(
                        SharedBed.joinRequest(fixture),
                        SharedBed.recordKey(fixture.node()),
                        made,
                        "00-" + trace + "-" + SENDER + "-01");
    }

    private static Span span(Map<String, Span> spans, String name) {
        return Objects.requireNonNull(spans.get(name), name);
    }

    /** The last one of each name. */
    private static Map<String, Span> byName(List<Span> spans) {
        return spans.stream().collect(Collectors.toMap(Span::name, Function.identity(), (_, later) -> later));
    }
}
