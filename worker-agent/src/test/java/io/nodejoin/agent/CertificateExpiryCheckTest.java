package io.nodejoin.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.agent.discovery.TestTls;
import io.nodejoin.agent.gateway.GatewayResponse;
import io.nodejoin.agent.host.FakeHost;
import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.agent.host.RootedHostFiles;
import io.nodejoin.protocol.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CertificateExpiryCheckTest {
    private static final GatewayResponse REFUSED =
            new GatewayResponse.Rejected(ErrorCode.ENROLLMENT_REFUSED, "refused");

    private final List<String> asked = new ArrayList<>();
    private X509Certificate certificate;
    private GatewayResponse response = new GatewayResponse.Accepted();
    private FakeHost host;
    private HostFiles state;
    private int drawn;

    @BeforeAll
    void makeCertificate() {
        certificate = new TestTls().certificate("agent");
    }

    @BeforeEach
    void joinedHost(@TempDir Path root, @TempDir Path directory) {
        asked.clear();
        response = new GatewayResponse.Accepted();
        drawn = 0;
        host = new FakeHost(root);
        state = new RootedHostFiles(directory);
        state.write("/joined", "then".getBytes(StandardCharsets.US_ASCII), 0600);
    }

    @Test
    void shouldDoNothingWhileTheCertificateIsValid() throws InterruptedException {
        // when
        boolean done = watch(Optional.of(certificate), end().minusSeconds(1)).run();

        // then
        assertThat(done).isTrue();
        assertThat(asked).isEmpty();
        assertThat(host.calls()).isEmpty();
    }

    @Test
    void shouldDoNothingWithoutACertificate() throws InterruptedException {
        // when
        boolean done = watch(Optional.empty(), end()).run();

        // then
        assertThat(done).isTrue();
        assertThat(asked).isEmpty();
    }

    @Test
    void shouldStartTheAgentForTheSameEnrollmentOnceTheMarkerIsDeleted() throws InterruptedException {
        // when
        boolean done = watch(Optional.of(certificate), end()).run();

        // then
        assertThat(done).isTrue();
        assertThat(asked).containsExactly(certificate.getSerialNumber().toString(16));
        assertThat(state.read("/joined")).isEmpty();
        assertThat(host.calls())
                .singleElement()
                .asString()
                .contains("restart")
                .contains(CertificateExpiryCheck.AGENT_UNIT);
    }

    @Test
    void shouldNotRestartTheAgentIfTheMachineIsRejected() throws InterruptedException {
        // given
        response = REFUSED;

        // when
        boolean done = watch(Optional.of(certificate), end()).run();

        // then
        assertThat(done).isFalse();
        assertThat(state.read("/joined")).isPresent();
        assertThat(host.calls()).isEmpty();
    }

    @Test
    void shouldBackOffAfterEachRejection() throws InterruptedException {
        // given a machine that is refused at each look and always draws the highest number
        response = REFUSED;
        CertificateExpiryCheck expiryCheck = watch(Optional.of(certificate), end());
        expiryCheck.run();
        drawn = 1;

        // when
        for (int look = 0; look < 10; look++) {
            expiryCheck.run();
        }
        int meanwhile = asked.size();
        drawn = 0;
        expiryCheck.run();

        // then
        assertThat(meanwhile).isEqualTo(1);
        assertThat(asked).hasSize(2);
    }

    @Test
    void shouldRequestARejoinAtEachCheckWhileTheGatewayIsUnavailable() throws InterruptedException {
        // given
        response = new GatewayResponse.Unavailable(ErrorCode.AGENT_UNREACHABLE, "away");
        CertificateExpiryCheck expiryCheck = watch(Optional.of(certificate), end());
        drawn = 1;

        // when
        boolean first = expiryCheck.run();
        expiryCheck.run();

        // then
        assertThat(first).isFalse();
        assertThat(asked).hasSize(2);
    }

    @Test
    void shouldResetTheRejectionCountOnceTheCertificateIsValidAgain() throws InterruptedException {
        // given
        response = REFUSED;
        watch(Optional.of(certificate), end()).run();
        boolean noted = state.read("/rejoin-refused").isPresent();

        // when
        watch(Optional.of(certificate), end().minus(Duration.ofDays(1))).run();

        // then
        assertThat(noted).isTrue();
        assertThat(state.read("/rejoin-refused")).isEmpty();
    }

    private Instant end() {
        return certificate.getNotAfter().toInstant();
    }

    private CertificateExpiryCheck watch(Optional<X509Certificate> held, Instant now) {
        return new CertificateExpiryCheck(
                () -> held,
                serial -> {
                    asked.add(serial);
                    return response;
                },
                state,
                host.parts().systemd(),
                Clock.fixed(now, ZoneOffset.UTC),
                new Drawing());
    }

    /** Draws what the test says, as far as the bound allows. */
    private final class Drawing implements RandomGenerator {
        @Override
        public long nextLong() {
            return drawn;
        }

        @Override
        public int nextInt(int bound) {
            return Math.min(drawn, bound - 1);
        }
    }
}
