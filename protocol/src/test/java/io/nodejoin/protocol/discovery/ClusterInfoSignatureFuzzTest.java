package io.nodejoin.protocol.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.hostile.Fuzzing;
import org.junit.jupiter.api.Test;

class ClusterInfoSignatureFuzzTest {
    private static final BootstrapToken TOKEN = BootstrapToken.parse("abcdef.0123456789abcdef");
    private static final String KUBECONFIG = "apiVersion: v1\nclusters:\n- cluster: {server: 'https://10.0.0.1?'}\n";
    private static final String SIGNATURE = ClusterInfoSignature.sign(TOKEN, KUBECONFIG);

    @Test
    void shouldVerifyNoOtherSignature() {
        Fuzzing.check("JWS", mutator -> {
            // when
            String signature = mutator.mutateText(SIGNATURE);

            // then
            assertThat(ClusterInfoSignature.verify(TOKEN, KUBECONFIG, signature))
                    .isEqualTo(signature.equals(SIGNATURE));
        });
    }

    @Test
    void shouldVerifyNoOtherText() {
        Fuzzing.check("JWS of another text", mutator -> {
            // when
            String kubeconfig = mutator.mutateText(KUBECONFIG);

            // then
            assertThat(ClusterInfoSignature.verify(TOKEN, kubeconfig, SIGNATURE))
                    .isEqualTo(kubeconfig.equals(KUBECONFIG));
        });
    }

    @Test
    void shouldVerifyNoTextThatHasNoUtf8Form() {
        // given
        String kubeconfig = KUBECONFIG.replace('?', '\ud800');

        // then
        assertThat(ClusterInfoSignature.verify(TOKEN, kubeconfig, SIGNATURE)).isFalse();
    }

    @Test
    void shouldRejectTextThatIsNoToken() {
        Fuzzing.check("token", mutator -> {
            // given
            String wire = mutator.mutateText(TOKEN.bearerToken());

            // when
            BootstrapToken read;
            try {
                read = BootstrapToken.parse(wire);
            } catch (IllegalArgumentException e) {
                assertThat(wire).doesNotMatch("[a-z0-9]{6}[.][a-z0-9]{16}");
                return;
            }

            // then
            assertThat(read.bearerToken()).isEqualTo(wire);
        });
    }
}
