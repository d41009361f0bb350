package io.nodejoin.protocol.agent;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.nodejoin.protocol.event.HostProfile;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EarlyPreparationTest {
    private static final HostCommand.PrepareHost COMMAND =
            new HostCommand.PrepareHost(HostProfile.CONTAINERD, TlsBootstrap.AGENT, null, null);
    private static final HostFacts FACTS = new HostFacts("0a1b2c", null, null, "linux", "6.8");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0a0b",
                "0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A",
                "sha256:0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"
            })
    void shouldRefuseAKeyDigestThatIsNoSha256(String digest) {
        assertThatIllegalArgumentException().isThrownBy(() -> new EarlyPreparation(COMMAND, FACTS, digest));
    }
}
