package io.nodejoin.dashboard.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.dashboard.access.DashboardAuthenticator.Decision;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DashboardAuthenticatorTest {
    private static final Instant NOW = Instant.parse("2026-11-30T10:00:00Z");

    private static DashboardAuthenticator authenticator(Access access) {
        return new DashboardAuthenticator(access, new UnlimitedGuesses(), () -> NOW);
    }

    private static DashboardAuthenticator.Presented presented(@Nullable String authorization, String host) {
        return new DashboardAuthenticator.Presented(authorization, null, host, "192.0.2.1", false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1", "[::1]", "LOCALHOST"})
    void shouldLetEverybodyOnThisMachineLook(String host) {
        assertThat(authenticator(new Access.LocalReadOnly()).decide(presented(null, host)))
                .isEqualTo(new Decision.Admitted(Principal.LOCAL));
        assertThat(Principal.LOCAL.role()).isEqualTo(Role.VIEWER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "127.0.0.1.evil.example", ""})
    void shouldRefuseANameThatAnotherSiteHasMadeResolveToThisMachine(String host) {
        assertThat(authenticator(new Access.LocalReadOnly()).decide(presented(null, host)))
                .isInstanceOf(Decision.Refused.class);
    }

    @Test
    void shouldAdmitAUserAgainAndAgain() {
        // given
        DashboardAuthenticator authenticator = authenticator(TestUsers.both());
        String header = TestUsers.authorization("otto", "otto");

        // when, then
        assertThat(authenticator.decide(presented(header, "any")))
                .isEqualTo(new Decision.Admitted(new Principal("otto", Role.OPERATOR)));
        assertThat(authenticator.decide(presented(header, "any")))
                .isEqualTo(new Decision.Admitted(new Principal("otto", Role.OPERATOR)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic", "Basic !", "Bearer x", "Basic b3R0bw==", "Basic b3R0bzp4", ""})
    void shouldChallengeWhatIsNoUser(String header) {
        assertThat(authenticator(TestUsers.both()).decide(presented(header, "any")))
                .isEqualTo(new Decision.Challenged());
    }

    @Test
    void shouldSayWhyItIsClosed() {
        assertThat(authenticator(new Access.Closed("no users")).decide(presented(null, "localhost")))
                .isEqualTo(new Decision.Refused("no users"));
    }
}
