package io.nodejoin.activities.clusterinfo;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AnonymousRightsTest {
    @Test
    void shouldNameWhatAnonymousMayReadAndByWhichBinding() {
        // given
        var authorizer = new FakeAuthorizer(Access.to("list", "", "nodes"), Map.of("system:unauthenticated", "open"));

        // when
        Optional<Problem> excess = new AnonymousRights(authorizer).excess();

        // then
        assertThat(excess).get().satisfies(found -> {
            assertThat(found.code()).isEqualTo(ErrorCode.CLUSTER_ANON_TOO_WIDE);
            assertThat(found.detail())
                    .contains("list nodes (by ClusterRoleBinding \"open\"")
                    .doesNotContain("secrets");
        });
    }

    @Test
    void shouldLeaveClusterInfoToAnyone() {
        // given
        Access discovery = Access.to("get", "", "configmaps").in("kube-public").named("cluster-info");
        var authorizer = new FakeAuthorizer(discovery, Map.of("system:unauthenticated", "reader"));

        // when
        Optional<Problem> excess = new AnonymousRights(authorizer).excess();

        // then
        assertThat(excess).isEmpty();
        assertThat(authorizer.asked()).isNotEmpty().allMatch(Identity.ANONYMOUS::equals);
    }
}
