package io.nodejoin.gateway.attestation;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ProtectedCredentialTest {
    private static final byte[] NAME = HexFormat.of().parseHex(EmulatedTpm.NAME);
    private static final byte[] SECRET = "credential-of-nodejoin-thirty-tw".getBytes(US_ASCII);
    /** The seed that tpm2_makecredential of tpm2-tools 5.4 had drawn, decrypted with openssl pkeyutl. */
    private static final byte[] SEED =
            HexFormat.of().parseHex("15a5a190633d31650cf63d4a831cc50d7c1e838de9f0e0084d4df9871969cf33");

    private final EmulatedTpm tpm = new EmulatedTpm();

    @Test
    void shouldMakeTheCredentialOfTpm2Tools() {
        // when
        ProtectedCredential made = ProtectedCredential.of(key(tpm), NAME, SECRET, SEED);

        // then
        assertThat(HexFormat.of().formatHex(Base64.getDecoder().decode(made.credentialBlob())))
                .isEqualTo("00440020d5af6cb8c43f8395780cb092ea2b1a729fe63f18d3e0831d1ed31d6b8dde0c303de7dde0fe89"
                        + "e9bf31d5011abce17fc49e6e274b1ec76eaefabd7bba4f63bbc9f3c0");
    }

    @Test
    void shouldBeReadableForItsTpmOnly() {
        // when
        ProtectedCredential made = ProtectedCredential.of(key(tpm), NAME, SECRET, SEED);

        // then
        assertThat(tpm.activate(made.credentialBlob(), made.encryptedSecret())).isEqualTo(SECRET);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EmulatedTpm().activate(made.credentialBlob(), made.encryptedSecret()));
    }

    @Test
    void shouldBeReadableWithItsAttestationKeyOnly() {
        // given
        byte[] otherName = NAME.clone();
        otherName[NAME.length - 1]++;

        // when
        ProtectedCredential made = ProtectedCredential.of(key(tpm), otherName, SECRET, SEED);

        // then
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tpm.activate(made.credentialBlob(), made.encryptedSecret()));
    }

    private static EndorsementKey key(EmulatedTpm tpm) {
        return EndorsementKey.parse(tpm.endorsementKey()).orElseThrow();
    }
}
