package io.nodejoin.agent.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.agent.host.FakeNetwork;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.OptionalInt;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnonymousAccessCheckTest {
    private final FakeNetwork network = new FakeNetwork();
    private Instant now = Instant.EPOCH;
    private final InstantSource time = () -> now;
    private OptionalInt later = OptionalInt.empty();
    private final AnonymousAccessCheck access =
            new AnonymousAccessCheck(network, time.withZone(ZoneOffset.UTC), this::pass);

    private void pass(Duration wait) {
        now = now.plus(wait);
        if (now.isAfter(Instant.EPOCH.plusSeconds(20))) {
            network.answerStrangers(later);
        }
    }

    @Test
    void shouldAcceptAKubeletThatRejectsAnonymousRequests() {
        // when
        ThrowingCallable proof = access::awaitRejection;

        // then
        assertThatCode(proof).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 403, 404, 500})
    void shouldRejectAKubeletThatServesAnonymousRequests(int status) {
        // given
        network.answerStrangers(OptionalInt.of(status));

        // when
        ThrowingCallable tried = access::probe;

        // then
        assertThatThrownBy(tried).hasMessageContaining("KUBELET_INSECURE").hasMessageContaining(status + " instead");
    }

    @Test
    void shouldRefuseAKubeletWithAReadOnlyPort() {
        // given
        network.occupy(10255);

        // when
        ThrowingCallable tried = access::probe;

        // then
        assertThatThrownBy(tried).hasMessageContaining("KUBELET_INSECURE").hasMessageContaining("10255");
    }

    @Test
    void shouldRetryUntilTheKubeletResponds() {
        // given
        network.answerStrangers(OptionalInt.empty());
        access.probe();
        network.answerStrangers(OptionalInt.of(200));

        // when
        ThrowingCallable tried = access::probe;

        // then
        assertThatThrownBy(tried).hasMessageContaining("KUBELET_INSECURE");
    }

    @Test
    void shouldWaitForAKubeletThatHasNoServingCertificateYet() {
        // given
        network.answerStrangers(OptionalInt.empty());
        later = OptionalInt.of(401);

        // when
        ThrowingCallable proof = access::awaitRejection;

        // then
        assertThatCode(proof).doesNotThrowAnyException();
        assertThat(now).isAfter(Instant.EPOCH.plusSeconds(20));
    }

    @Test
    void shouldNotEndWithoutAResponse() {
        // given
        network.answerStrangers(OptionalInt.empty());

        // when
        ThrowingCallable ended = access::awaitRejection;

        // then
        assertThatThrownBy(ended).hasMessageContaining("KUBELET_NOT_STARTED").hasMessageContaining("10250");
    }
}
