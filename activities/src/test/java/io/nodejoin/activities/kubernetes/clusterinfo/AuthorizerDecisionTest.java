package io.nodejoin.activities.kubernetes.clusterinfo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AuthorizerDecisionTest {
    @Test
    void shouldNameTheBinding() {
        // given
        String reason =
                "RBAC: allowed by RoleBinding \"open/kube-system\" of Role \"reader\" to User \"system:anonymous\"";

        // when
        String because = new Authorizer.Decision(true, reason).grantedBy();

        // then
        assertThat(because)
                .isEqualTo("RoleBinding \"open/kube-system\" of Role \"reader\" to User \"system:anonymous\"");
    }

    @Test
    void shouldKeepANameOnOneLineAndShort() {
        // given
        String reason = "RBAC: allowed by ClusterRoleBinding \"a\\\"b\n\u001b[31m" + "x".repeat(5_000)
                + "\" of ClusterRole \"r\" to Group \"g\"";

        // when
        String because = new Authorizer.Decision(true, reason).grantedBy();

        // then
        assertThat(because)
                .startsWith("ClusterRoleBinding \"a\\\"b??[31mxxx")
                .hasSizeLessThan(300)
                .matches("[\\x20-\\x7e]*");
    }

    @Test
    void shouldSayWhoElseAllowsWithoutABinding() {
        assertThat(new Authorizer.Decision(true, "webhook says yes").grantedBy())
                .isEqualTo("an authorizer other than RBAC, which says 'webhook says yes'");
        assertThat(new Authorizer.Decision(true, "").grantedBy())
                .isEqualTo("an authorizer other than RBAC that gives no reason");
    }
}
