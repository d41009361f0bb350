package io.nodejoin.dashboard.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class UsersTest {
    @Test
    void shouldVerifyAUserByTheHashThatHtpasswdPrints() {
        // given
        Users users = Users.parse(List.of("# people", "", TestUsers.line("alice", "secret", Role.OPERATOR)));

        // when, then
        assertThat(users.verify("alice", "secret".toCharArray())).hasValue(new Principal("alice", Role.OPERATOR));
        assertThat(users.verify("alice", "Secret".toCharArray())).isEmpty();
        assertThat(users.verify("bob", "secret".toCharArray())).isEmpty();
    }

    @Test
    void shouldCompareWithAHashOfAUserIfThereIsNone() {
        // given
        Users users = Users.parse(
                List.of(TestUsers.line("vera", "vera", Role.VIEWER), TestUsers.line("otto", "otto", Role.OPERATOR)));

        // when
        String hash = users.hash("nobody");

        // then
        assertThat(hash).isIn(users.hash("vera"), users.hash("otto")).isEqualTo(users.hash("nobody"));
    }

    @Test
    void shouldNameTheLineThatIsNoUserWithoutItsContent() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Users.parse(List.of("# x", "alice:secret:operator")))
                .withMessage("line 2 is no user; write name:bcrypt:role with the role viewer or operator");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Users.parse(List.of("# x")))
                .withMessage("has no user");
    }

    @Test
    void shouldRefuseAUserWithTwoPasswords() {
        // given
        String alice = TestUsers.line("alice", "secret", Role.VIEWER);

        // when, then
        assertThatIllegalArgumentException().isThrownBy(() -> Users.parse(List.of(alice, alice)));
    }
}
