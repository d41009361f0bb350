package io.nodejoin.activities.kubernetes.clusterinfo;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AnonymousRightsTest {
    private static final ResourceAccess DISCOVERY =
            ResourceAccess.to("get", "", "configmaps").in("kube-public").named("cluster-info");

    @Test
    void shouldNameWhatAnonymousMayReadAndByWhichBinding() {
        // given
        var authorizer =
                new FakeAuthorizer(ResourceAccess.to("list", "", "nodes"), Map.of("system:unauthenticated", "open"));

        // when
        Optional<Problem> excess = new AnonymousRights(authorizer).findExcess();

        // then
        assertThat(excess).get().satisfies(found -> {
            assertThat(found.code()).isEqualTo(ErrorCode.ANONYMOUS_ACCESS_TOO_WIDE);
            assertThat(found.detail())
                    .contains("list nodes (by ClusterRoleBinding \"open\"")
                    .doesNotContain("secrets");
        });
    }

    @Test
    void shouldWantThatHostsMayReadClusterInfo() {
        // given
        var reader = new FakeAuthorizer(DISCOVERY, Map.of("system:unauthenticated", "reader"));
        var nobody = new FakeAuthorizer(DISCOVERY, Map.of());

        // when
        Optional<Problem> prepared = new AnonymousRights(reader).findMissing();
        Optional<Problem> unprepared = new AnonymousRights(nobody).findMissing();

        // then
        assertThat(prepared).isEmpty();
        assertThat(unprepared).get().extracting(Problem::code).isEqualTo(ErrorCode.CLUSTER_NOT_PREPARED);
    }

    @Test
    void shouldLeaveClusterInfoToAnyone() {
        // given
        var authorizer = new FakeAuthorizer(DISCOVERY, Map.of("system:unauthenticated", "reader"));

        // when
        Optional<Problem> excess = new AnonymousRights(authorizer).findExcess();

        // then
        assertThat(excess).isEmpty();
        assertThat(authorizer.asked()).isNotEmpty().allMatch(Authorizer.Identity.ANONYMOUS::equals);
    }
}
