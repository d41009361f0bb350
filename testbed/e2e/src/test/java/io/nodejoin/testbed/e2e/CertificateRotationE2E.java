package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.host.HostSpec;
import io.nodejoin.testbed.service.ServiceSettings;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A kubelet whose certificate has the shortest lifetime that Kubernetes grants. */
@Tag("full")
@ResourceLock(BootedBed.SHARED)
class CertificateRotationE2E {
    private static final Duration LIFETIME = Duration.ofMinutes(10);
    private static final Duration POLL_INTERVAL = Duration.ofSeconds(5);
    private static final String CERTIFICATE = "/var/lib/kubelet/pki/kubelet-client-current.pem";

    @RegisterExtension
    private final BootedBed booted = BootedBed.shared("rotations of certificates are");

    private final TestBed bed = booted.bed();

    @AfterEach
    void wantTheDefault() {
        bed.service().restartWith(ServiceSettings.standard());
    }

    @Test
    void shouldLetTheKubeletReplaceACertificateOfTheRequestedLifetimeByItself() {
        // given
        bed.service().restartWith(ServiceSettings.standard().withCertificateLifetime(LIFETIME));
        HostFixture fixture = HostFixture.create("rotating", false, new SecureRandom());
        Host host = booted.addHost(HostSpec.named(fixture.node().value(), fixture.secret()));
        try (OutcomeLog outcomes = new OutcomeLog(bed.kafka().bootstrapServers());
                JoinRequestProducer producer =
                        new JoinRequestProducer(bed.kafka().bootstrapServers());
                ClusterView cluster = new ClusterView(bed.directories().adminKubeconfig())) {
            Instant requested = Instant.now();

            // when
            producer.send(fixture.joinRequest(SharedBed.CLUSTER, host.address()), SharedBed.recordKey(fixture.node()));
            JoinSucceeded joined = outcomes.awaitOutcome(fixture.node(), JoinSucceeded.class);
            X509Certificate first = certificate(host);

            // then
            assertThat(first.getNotAfter().toInstant())
                    .isBetween(
                            requested.plus(LIFETIME).minusSeconds(1),
                            Instant.now().plus(LIFETIME));

            // and before it expires
            await("another certificate of " + host.name())
                    .pollInterval(POLL_INTERVAL)
                    .atMost(LIFETIME)
                    .until(() -> !certificate(host).equals(first));
            System.err.printf(
                    "the kubelet replaced its certificate %d s after the join was requested%n",
                    Duration.between(requested, Instant.now()).toSeconds());
            assertThat(certificate(host).getNotAfter()).isAfter(first.getNotAfter());
            assertThat(certificate(host).getSubjectX500Principal()).isEqualTo(first.getSubjectX500Principal());
            assertThat(cluster.ready(fixture.node())).containsExactly(joined.nodeUid());
        }
    }

    private static X509Certificate certificate(Host host) {
        String pem = host.run("cat", CERTIFICATE).orFail().output();
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
        } catch (CertificateException e) {
            throw new AssertionError("the kubelet's certificate cannot be parsed", e);
        }
    }
}
