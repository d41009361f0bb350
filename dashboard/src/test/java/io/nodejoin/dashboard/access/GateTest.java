package io.nodejoin.dashboard.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.dashboard.access.Gate.Decision;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GateTest {
    private static final Instant NOW = Instant.parse("2026-11-30T10:00:00Z");

    private static Gate gate(Access access) {
        return new Gate(access, new UnlimitedGuesses(), () -> NOW);
    }

    private static Gate.Presented presented(@Nullable String authorization, String host) {
        return new Gate.Presented(authorization, null, host, "192.0.2.1", false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1", "[::1]", "LOCALHOST"})
    void shouldLetEverybodyOnThisMachineLook(String host) {
        assertThat(gate(new Access.LocalReadOnly()).decide(presented(null, host)))
                .isEqualTo(new Decision.Admitted(Principal.LOCAL));
        assertThat(Principal.LOCAL.role()).isEqualTo(Role.VIEWER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "127.0.0.1.evil.example", ""})
    void shouldRefuseANameThatAnotherSiteHasMadeResolveToThisMachine(String host) {
        assertThat(gate(new Access.LocalReadOnly()).decide(presented(null, host)))
                .isInstanceOf(Decision.Refused.class);
    }

    @Test
    void shouldAdmitAUserAgainAndAgain() {
        // given
        Gate gate = gate(TestUsers.both());
        String header = TestUsers.authorization("otto", "otto");

        // when, then
        assertThat(gate.decide(presented(header, "any")))
                .isEqualTo(new Decision.Admitted(new Principal("otto", Role.OPERATOR)));
        assertThat(gate.decide(presented(header, "any")))
                .isEqualTo(new Decision.Admitted(new Principal("otto", Role.OPERATOR)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic", "Basic !", "Bearer x", "Basic b3R0bw==", "Basic b3R0bzp4", ""})
    void shouldChallengeWhatIsNoUser(String header) {
        assertThat(gate(TestUsers.both()).decide(presented(header, "any"))).isEqualTo(new Decision.Challenged());
    }

    @Test
    void shouldSayWhyItIsClosed() {
        assertThat(gate(new Access.Closed("no users")).decide(presented(null, "localhost")))
                .isEqualTo(new Decision.Refused("no users"));
    }
}
