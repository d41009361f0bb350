package io.nodejoin.activities.kubernetes.clusterinfo;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.csr.ApprovalMode;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApprovalRightsTest {
    private static final ResourceAccess AUTO_APPROVAL =
            ResourceAccess.to("create", "certificates.k8s.io", "certificatesigningrequests/nodeclient");

    @ParameterizedTest
    @ValueSource(strings = {"system:bootstrappers", "system:bootstrappers:nodejoin", "system:authenticated"})
    void shouldNameTheBindingOfAnyGroupOfOurTokens(String group) {
        // given
        var authorizer = new FakeAuthorizer(AUTO_APPROVAL, Map.of(group, "planted"));

        // when
        Optional<Problem> problem = new ApprovalRights(authorizer).findProblem(ApprovalMode.NODEJOIN);

        // then
        assertThat(problem).get().satisfies(found -> {
            assertThat(found.code()).isEqualTo(ErrorCode.CLUSTER_AUTO_APPROVES_CSRS);
            assertThat(found.detail()).contains("ClusterRoleBinding \"planted\"", "Group \"" + group + "\"");
        });
    }

    @Test
    void shouldNameTheBindingsOfAllGroupsOnce() {
        // given
        var authorizer = new FakeAuthorizer(
                AUTO_APPROVAL, Map.of("system:bootstrappers", "one", "system:authenticated", "other"));

        // when
        Optional<Problem> problem = new ApprovalRights(authorizer).findProblem(ApprovalMode.NODEJOIN);

        // then
        assertThat(problem)
                .map(Problem::detail)
                .get()
                .asString()
                .containsOnlyOnce("\"one\"")
                .containsOnlyOnce("\"other\"");
    }

    @Test
    void shouldAskForAUserThatNoTokenHasAndOnlyOnceIfAllIsWell() {
        // given
        var authorizer = new FakeAuthorizer(AUTO_APPROVAL, Map.of("system:bootstrappers:else", "else"));

        // when
        Optional<Problem> problem = new ApprovalRights(authorizer).findProblem(ApprovalMode.NODEJOIN);

        // then
        assertThat(problem).isEmpty();
        assertThat(authorizer.asked()).singleElement().satisfies(identity -> {
            assertThat(identity.user()).startsWith("system:bootstrap:").doesNotMatch("system:bootstrap:[a-z0-9]{6}");
            assertThat(identity.groups())
                    .containsExactlyInAnyOrder(
                            "system:bootstrappers", "system:bootstrappers:nodejoin", "system:authenticated");
        });
    }

    @Test
    void shouldSayWhatMakesTheMissingBindingWhereTheClusterApproves() {
        // given
        var authorizer = new FakeAuthorizer(AUTO_APPROVAL, Map.of());

        // when
        Optional<Problem> problem = new ApprovalRights(authorizer).findProblem(ApprovalMode.CLUSTER);

        // then
        assertThat(problem).get().satisfies(found -> {
            assertThat(found.code()).isEqualTo(ErrorCode.CLUSTER_NOT_PREPARED);
            assertThat(found.detail())
                    .contains("nodejoin cluster prepare --approval cluster", "nodejoin:node-autoapprove-bootstrap");
        });
    }

    @Test
    void shouldBeContentWithTheBindingWhereTheClusterApproves() {
        // given
        var authorizer = new FakeAuthorizer(
                AUTO_APPROVAL, Map.of("system:bootstrappers:nodejoin", "nodejoin:node-autoapprove-bootstrap"));

        // when
        Optional<Problem> problem = new ApprovalRights(authorizer).findProblem(ApprovalMode.CLUSTER);

        // then
        assertThat(problem).isEmpty();
    }
}
