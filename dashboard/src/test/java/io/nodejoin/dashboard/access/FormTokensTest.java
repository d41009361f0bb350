package io.nodejoin.dashboard.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FormTokensTest {
    private static final Principal OTTO = new Principal("otto", Role.OPERATOR);

    private Instant now = Instant.parse("2026-11-30T10:00:00Z");
    private final Access access = TestUsers.both();
    private final FormTokens tokens = FormTokens.of(access, () -> now);

    @Test
    void shouldAcceptATokenOfAReplicaWithTheSameUsers() {
        assertThat(FormTokens.of(access, () -> now).isValid(tokens.issue(OTTO, "abort a"), OTTO, "abort a"))
                .isTrue();
    }

    @Test
    void shouldRefuseATokenForAnotherActionOrOfAnotherUser() {
        // given
        String token = tokens.issue(OTTO, "abort a");

        // when, then
        assertThat(tokens.isValid(token, OTTO, "abort b")).isFalse();
        assertThat(tokens.isValid(token, new Principal("vera", Role.OPERATOR), "abort a"))
                .isFalse();
    }

    @Test
    void shouldRefuseATokenThatIsTooOld() {
        // given
        String token = tokens.issue(OTTO, "abort a");

        // when
        now = now.plus(Duration.ofMinutes(31));

        // then
        assertThat(tokens.isValid(token, OTTO, "abort a")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "1.", "x.y", "99999999999999999999.a", "9223372036854775807.a", "4102444800.AAAA"})
    void shouldRefuseWhatIsNoToken(String token) {
        assertThat(tokens.isValid(token, OTTO, "abort a")).isFalse();
    }
}
