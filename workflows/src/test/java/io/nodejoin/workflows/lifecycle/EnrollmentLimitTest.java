package io.nodejoin.workflows.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.workflows.hostcommand.AgentConnection;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EnrollmentLimitTest {
    private static final String DIGEST = "0f".repeat(32);

    private final Enrollment enrollment = new Enrollment(new JoinId("0a".repeat(16)), DIGEST, null);

    @Test
    void shouldAcceptNoMoreProofsThanAHostNeeds() {
        // when
        List<EnrollmentBinding> accepted = IntStream.range(0, 1_000)
                .mapToObj(n -> new EnrollmentProof(
                        DIGEST, "key", null, new AgentConnection("gateway", new UUID(0, n), new UUID(1, 1)), null))
                .filter(proof -> enrollment.accepts(proof, true))
                .map(proof -> enrollment.bind(proof, "run"))
                .toList();

        // then
        assertThat(accepted).hasSize(64);
    }
}
