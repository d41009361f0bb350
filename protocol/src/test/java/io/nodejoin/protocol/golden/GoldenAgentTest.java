package io.nodejoin.protocol.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.AttestationChallenge;
import io.nodejoin.protocol.agent.AttestationRequest;
import io.nodejoin.protocol.agent.EnrollmentRequest;
import io.nodejoin.protocol.agent.EnrollmentResponse;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostLogReport;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.PollRequest;
import io.nodejoin.protocol.agent.PoolAnnouncement;
import io.nodejoin.protocol.agent.PoolAssignment;
import io.nodejoin.protocol.agent.ProgressReport;
import io.nodejoin.protocol.agent.RejoinRequest;
import io.nodejoin.protocol.agent.RejoinResponse;
import io.nodejoin.protocol.agent.RenewalRequest;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GoldenAgentTest {
    private static final Map<String, Class<?>> GOLDENS = Map.ofEntries(
            Map.entry("enrollment-request", EnrollmentRequest.class),
            Map.entry("enrollment-request-prepared", EnrollmentRequest.class),
            Map.entry("enrollment-request-attested", EnrollmentRequest.class),
            Map.entry("attestation-request", AttestationRequest.class),
            Map.entry("attestation-challenge", AttestationChallenge.class),
            Map.entry("enrollment-response-enrolled", EnrollmentResponse.class),
            Map.entry("enrollment-response-with-command", EnrollmentResponse.class),
            Map.entry("enrollment-response-pending", EnrollmentResponse.class),
            Map.entry("rejoin-request", RejoinRequest.class),
            Map.entry("pool-announcement", PoolAnnouncement.class),
            Map.entry("pool-assignment", PoolAssignment.class),
            Map.entry("rejoin-response", RejoinResponse.class),
            Map.entry("renewal-request", RenewalRequest.class),
            Map.entry("poll-request", PollRequest.class),
            Map.entry("progress-report", ProgressReport.class),
            Map.entry("host-log-report", HostLogReport.class),
            Map.entry("assignment-preflight", Assignment.class),
            Map.entry("assignment-prepare-host", Assignment.class),
            Map.entry("assignment-start-kubelet", Assignment.class),
            Map.entry("assignment-start-kubelet-verified", Assignment.class),
            Map.entry("assignment-reset-host", Assignment.class),
            Map.entry("assignment-collect-diagnostics", Assignment.class),
            Map.entry("result-preflight-passed", HostResult.class),
            Map.entry("result-host-prepared", HostResult.class),
            Map.entry("result-kubelet-bootstrapped", HostResult.class),
            Map.entry("result-host-reset", HostResult.class),
            Map.entry("result-diagnostics", HostResult.class),
            Map.entry("result-host-failed", HostResult.class));

    static Stream<Arguments> goldens() {
        return GOLDENS.entrySet().stream().map(golden -> Arguments.of(golden.getKey(), golden.getValue()));
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void shouldRoundTripEveryMessageOfTheAgentApi(String name, Class<?> type) throws JsonProcessingException {
        // given
        String golden = GoldenFiles.readAgentMessage(name);

        // when
        Object message = GoldenFiles.MAPPER.readValue(golden, type);

        // then
        assertThat(GoldenFiles.MAPPER.readTree(
                        GoldenFiles.MAPPER.writerFor(type).writeValueAsString(message)))
                .isEqualTo(GoldenFiles.MAPPER.readTree(golden));
    }

    @Test
    void shouldHaveAGoldenFileForEveryCommandResultAndResponse() throws JsonProcessingException {
        // given
        Set<Class<?>> seen = new HashSet<>();
        for (Map.Entry<String, Class<?>> golden : GOLDENS.entrySet()) {
            Object message =
                    GoldenFiles.MAPPER.readValue(GoldenFiles.readAgentMessage(golden.getKey()), golden.getValue());
            seen.add(
                    message instanceof Assignment assignment
                            ? assignment.command().getClass()
                            : message.getClass());
        }

        // when
        List<Class<?>> variants = Stream.of(HostCommand.class, HostResult.class, EnrollmentResponse.class)
                .<Class<?>>flatMap(family -> Arrays.stream(family.getPermittedSubclasses()))
                .toList();

        // then
        assertThat(seen).containsAll(variants);
    }

    @Test
    void shouldNotShowTheEnrollmentSecretInTheTextForm() throws JsonProcessingException {
        // given
        EnrollmentRequest request = GoldenFiles.MAPPER.readValue(
                GoldenFiles.readAgentMessage("enrollment-request"), EnrollmentRequest.class);

        // when
        String text = request.toString();

        // then
        assertThat(text).contains("worker-7.fra.example").doesNotContain(request.secret());
    }
}
