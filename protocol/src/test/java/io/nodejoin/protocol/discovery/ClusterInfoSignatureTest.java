package io.nodejoin.protocol.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterInfoSignatureTest {
    private static final String KUBECONFIG = "apiVersion: v1\nkind: Config\n";
    private static final BootstrapToken TOKEN = BootstrapToken.parse("abcdef.0123456789abcdef");
    private static final String SIGNATURE =
            "eyJhbGciOiJIUzI1NiIsImtpZCI6ImFiY2RlZiJ9..vH_kT4yiol-nrAWgjfCYqvum5wsKETXe0S7OOp1VgnE";
    private static final String OTHER_SIDE = "Hello from the other side. I must have called a thousand times.";
    private static final String JOSHUA = "eyJhbGciOiJIUzI1NiIsImtpZCI6Impvc2h1YSJ9..";
    private static final String ABCDEF = "eyJhbGciOiJIUzI1NiIsImtpZCI6ImFiY2RlZiJ9..";

    static Stream<Arguments> vectors() {
        return Stream.of(
                Arguments.of("abcdef", "0123456789abcdef", KUBECONFIG, SIGNATURE),
                Arguments.of("abcdef", "0123456789abcdef", "", ABCDEF + "MO2tlCpY1xB334qWeOe_XEv9c6DIMRNmKJZImOzY17k"),
                Arguments.of(
                        "abcdef",
                        "0123456789abcdef",
                        "grüße\n",
                        ABCDEF + "grDAm4CcjQJkdPD9UQNDXITkMOWMiZdLnFmGizpLeFk"),
                Arguments.of(
                        "joshua",
                        "my voice is my passcode",
                        OTHER_SIDE,
                        JOSHUA + "VShe2taLd-YTrmWuRkcL_8QTNDHYxQIEBsAYYiIj1_8"),
                Arguments.of(
                        "joshua",
                        "my voice is my passcode",
                        "",
                        JOSHUA + "7Ui1ALizW4jXphVUB7xUqC9vLYLL9RZeOFfVLoB7Tgk"),
                Arguments.of("joshua", "", OTHER_SIDE, JOSHUA + "UfkqvDGiIFxrMnFseDj9LYJOLNrvjW8aHhF71mvvAs8"));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void shouldSignByteForByteAsKubernetesDoes(String id, String secret, String content, String expected) {
        assertThat(ClusterInfoSignature.sign(id, secret, content)).isEqualTo(expected);
    }

    @Test
    void shouldVerifyItsOwnSignature() {
        assertThat(ClusterInfoSignature.sign(TOKEN, KUBECONFIG)).isEqualTo(SIGNATURE);
        assertThat(ClusterInfoSignature.verifies(TOKEN, KUBECONFIG, SIGNATURE)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "..",
                SIGNATURE + "foo",
                "eyJhbGciOiJub25lIiwia2lkIjoiYWJjZGVmIn0..",
                "eyJhbGciOiJIUzI1NiIsImtpZCI6ImFiY2RlZiJ9..MO2tlCpY1xB334qWeOe_XEv9c6DIMRNmKJZImOzY17k",
                "eyJraWQiOiJhYmNkZWYiLCJhbGciOiJIUzI1NiJ9..vH_kT4yiol-nrAWgjfCYqvum5wsKETXe0S7OOp1VgnE"
            })
    void shouldNotVerifyAnyOtherText(String signature) {
        assertThat(ClusterInfoSignature.verifies(TOKEN, KUBECONFIG, signature)).isFalse();
    }

    @Test
    void shouldNotVerifyForAnotherTokenOrText() {
        // given
        BootstrapToken sameSecret = BootstrapToken.parse("abcdeg.0123456789abcdef");
        BootstrapToken sameId = BootstrapToken.parse("abcdef.0123456789abcdeg");

        // then
        assertThat(ClusterInfoSignature.verifies(sameSecret, KUBECONFIG, SIGNATURE))
                .isFalse();
        assertThat(ClusterInfoSignature.verifies(sameId, KUBECONFIG, SIGNATURE)).isFalse();
        assertThat(ClusterInfoSignature.verifies(TOKEN, KUBECONFIG + "\n", SIGNATURE))
                .isFalse();
    }
}
