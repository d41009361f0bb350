package io.nodejoin.dashboard.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RoleClaimTest {
    private static RoleClaim claim(String name) {
        return new RoleClaim(name, Set.of("sre"), Set.of("oncall"));
    }

    @Test
    void shouldGiveTheHighestRole() {
        assertThat(claim("groups").role(Map.of("groups", List.of("sre", "oncall"))))
                .contains(Role.OPERATOR);
        assertThat(claim("groups").role(Map.of("groups", List.of("sre", 7)))).contains(Role.VIEWER);
        assertThat(claim("groups").role(Map.of("groups", "oncall"))).contains(Role.OPERATOR);
    }

    @Test
    void shouldGiveNoRoleForOtherValues() {
        assertThat(claim("groups").role(Map.of())).isEmpty();
        assertThat(claim("groups").role(Map.of("groups", List.of("SRE", "sre ", "srex"))))
                .isEmpty();
        assertThat(claim("groups").role(Map.of("groups", true))).isEmpty();
        assertThat(claim("groups").role(Map.of("groups", Map.of("sre", "sre")))).isEmpty();
    }

    @Test
    void shouldLeadIntoObjectsUnlessAClaimHasTheVeryName() {
        Map<String, ?> nested = Map.of("realm_access", Map.of("roles", List.of("sre")));
        assertThat(claim("realm_access.roles").role(nested)).contains(Role.VIEWER);
        assertThat(claim("realm_access.other").role(nested)).isEmpty();
        assertThat(claim("https://example.org/roles").role(Map.of("https://example.org/roles", List.of("oncall"))))
                .contains(Role.OPERATOR);
    }
}
