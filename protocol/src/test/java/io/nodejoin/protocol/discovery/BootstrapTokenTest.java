package io.nodejoin.protocol.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BootstrapTokenTest {
    private static final String SECRET = "0123456789abcdef";

    @Test
    void shouldRoundTripTheWireForm() {
        // when
        BootstrapToken token = BootstrapToken.parse("abcdef." + SECRET);

        // then
        assertThat(token.id()).isEqualTo(new TokenId("abcdef"));
        assertThat(token.bearerToken()).isEqualTo("abcdef." + SECRET);
    }

    @Test
    void shouldHideTheSecretInTheTextForm() {
        // when
        String text = String.valueOf(BootstrapToken.parse("abcdef." + SECRET));

        // then
        assertThat(text).isEqualTo("abcdef.<redacted>");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "abcdef",
                "abcdef.0123456789abcde",
                "abcdef.0123456789abcdef0",
                "ABCDEF.0123456789abcdef",
                "abcdef.0123456789abcdeF",
                "abcdef:0123456789abcdef",
                "abcdef.0123456789abcdef\n"
            })
    void shouldRefuseAnotherFormWithoutRepeatingIt(String wire) {
        // when
        Throwable refusal = catchThrowable(() -> BootstrapToken.parse(wire));

        // then
        assertThat(refusal).isInstanceOf(IllegalArgumentException.class).hasMessageNotContaining("0123456789");
    }

    @Test
    void shouldRefuseASecretOfAnotherFormWithoutRepeatingIt() {
        // when
        Throwable refusal = catchThrowable(() -> new BootstrapToken(new TokenId("abcdef"), "0123456789-bcdef"));

        // then
        assertThat(refusal).isInstanceOf(IllegalArgumentException.class).hasMessageNotContaining("0123456789");
    }

    @Test
    void shouldNameTheObjectsOfATokenAsKubernetesDoes() {
        // given
        TokenId id = new TokenId("abcdef");

        // then
        assertThat(id.secretName()).isEqualTo("bootstrap-token-abcdef");
        assertThat(id.user()).isEqualTo("system:bootstrap:abcdef");
        assertThat(id.signatureKey()).isEqualTo("jws-kubeconfig-abcdef");
        assertThat(id).hasToString("abcdef");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "abcde", "abcdefg", "ABCDEF", "abc-ef", "abcde\n"})
    void shouldRefuseATokenIdOfAnotherForm(String value) {
        assertThatIllegalArgumentException().isThrownBy(() -> new TokenId(value));
    }
}
