package io.nodejoin.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.gateway.Samples;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.CommandMilestone;
import io.nodejoin.protocol.agent.EnrollmentRequest;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.HostFacts;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.PollRequest;
import io.nodejoin.protocol.agent.ProgressReport;
import io.nodejoin.protocol.hostile.Fuzzing;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class StrictJsonFuzzTest {
    private static final Finding FINDING = new Finding("swap", Finding.Severity.ERROR, "swap is on", "swapoff -a");
    /** What agents send, and as what it is read. */
    private static final List<Map.Entry<Class<?>, Object>> BODIES = List.of(
            Map.entry(
                    EnrollmentRequest.class,
                    new EnrollmentRequest(new ClusterName("c"), new NodeName("n"), "secret", "MFkw", null, null)),
            Map.entry(PollRequest.class, new PollRequest(new UUID(1, 2), "0.1.0")),
            Map.entry(ProgressReport.class, new ProgressReport(CommandMilestone.StepCompleted, "swap", Samples.NOON)),
            Map.entry(
                    HostResult.class,
                    new HostResult.PreflightPassed(
                            new HostFacts("4f2c9d0e", "uuid", "v1.34.1", "Debian", "6.12"), List.of(FINDING))),
            Map.entry(HostResult.class, new HostResult.HostPrepared("0a", List.of("swap"), "0c")),
            Map.entry(HostResult.class, new HostResult.KubeletBootstrapped("0b")),
            Map.entry(HostResult.class, new HostResult.HostReset(true, "ab".repeat(32), List.of(FINDING))),
            Map.entry(HostResult.class, new HostResult.Diagnostics(List.of("a", "b"))),
            Map.entry(
                    HostResult.class,
                    new HostResult.HostFailed(
                            new Problem(ErrorCode.HOST_DISK_FULL, "full"), List.of(FINDING), List.of("line"))));

    private final StrictJson json = new StrictJson();

    @Test
    void shouldReadWhatItWouldWriteAndNothingElse() {
        Fuzzing.check("agent API", mutator -> {
            // given
            Map.Entry<Class<?>, Object> body = mutator.oneOf(BODIES);
            byte[] good = json.write(body.getValue());
            byte[] bad = mutator.nextInt(4) == 0
                    ? mutator.mutateBytes(good)
                    : mutator.mutateJson(new String(good, UTF_8)).getBytes(UTF_8);

            // when
            Optional<?> read = json.read(bad, body.getKey());

            // then
            read.ifPresent(value ->
                    assertThat(json.read(json.write(value), body.getKey())).isEqualTo(Optional.of(value)));
        });
    }
}
