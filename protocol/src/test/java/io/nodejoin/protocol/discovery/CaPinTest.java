package io.nodejoin.protocol.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Base64;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CaPinTest {
    private static final String SPKI =
            "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li"
                    + "/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==";
    private static final String PIN = "sha256:5cd252fb0ce8932436faf8ccd1040981b89ee4ad6b9fe9e2a2b7e71aacb27cd3";

    @Test
    void shouldPinThePublicKeyAsKubeadmDoes() {
        assertThat(CaPin.ofSubjectPublicKeyInfo(Base64.getDecoder().decode(SPKI)))
                .hasToString(PIN);
    }

    @Test
    void shouldIgnoreCase() {
        assertThat(new CaPin(PIN.toUpperCase(Locale.ROOT))).isEqualTo(new CaPin(PIN));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "sha256:",
                "5cd252fb0ce8932436faf8ccd1040981b89ee4ad6b9fe9e2a2b7e71aacb27cd3",
                "sha256:5cd252fb0ce8932436faf8ccd1040981b89ee4ad6b9fe9e2a2b7e71aacb27cd",
                "sha256:5cd252fb0ce8932436faf8ccd1040981b89ee4ad6b9fe9e2a2b7e71aacb27cdg",
                "sha512:5cd252fb0ce8932436faf8ccd1040981b89ee4ad6b9fe9e2a2b7e71aacb27cd3"
            })
    void shouldRefuseAnotherForm(String value) {
        assertThatIllegalArgumentException().isThrownBy(() -> new CaPin(value));
    }
}
