package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The service's real credential in the wrong hands. */
@Tag("real")
@ExtendWith(LiveClusterExtension.class)
@ResourceLock(LiveClusterExtension.CLUSTER)
class LeastPrivilegeIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final LiveCluster cluster;
    private final KubernetesClient service;
    private final ForbiddenCalls calls;

    LeastPrivilegeIT(LiveCluster cluster) {
        this.cluster = cluster;
        this.service = cluster.clients().client(LiveCluster.NAME);
        this.calls = new ForbiddenCalls(cluster.admin());
    }

    @AfterEach
    void close() {
        calls.close();
    }

    @TestFactory
    Stream<DynamicTest> shouldForbid() {
        return calls.all().stream()
                .map(call -> dynamicTest(call.name(), () -> {
                    KubernetesClientException refusal = catchThrowableOfType(
                            KubernetesClientException.class,
                            () -> call.attempt().accept(service));
                    assertThat(refusal).as(call.name()).isNotNull();
                    assertThat(refusal.getCode()).as(refusal.getMessage()).isEqualTo(403);
                    assertThat(refusal).hasMessageContaining(call.because());
                }));
    }

    @Test
    void shouldAllowATokenOfTheRightShape() {
        // given
        Secret token = ForbiddenCalls.token(UnaryOperator.identity());

        // when
        Secret created = service.resource(token).create();

        // then
        assertThat(created.getMetadata().getUid()).isNotNull();
        service.secrets()
                .inNamespace("kube-system")
                .withName(token.getMetadata().getName())
                .delete();
        assertThat(cluster.admin().resource(token).get()).isNull();
    }

    @Test
    void shouldHavePoliciesWhoseTypesKubernetesFindsInOrder() {
        // given
        List<String> policies = List.of(
                "nodejoin-tokens",
                "nodejoin-cluster-info",
                "nodejoin-ledger",
                "nodejoin-certificates",
                "nodejoin-bootstrap-requests",
                "nodejoin-nodes",
                "nodejoin-node-creation");

        // when
        List<ValidatingAdmissionPolicy> checked = await("type check of the policies")
                .atMost(SOON)
                .until(
                        () -> policies.stream().map(this::policy).toList(),
                        all -> all.stream()
                                .allMatch(policy -> policy.getStatus() != null
                                        && policy.getStatus().getTypeChecking() != null));

        // then
        assertThat(checked)
                .flatExtracting(policy -> policy.getStatus().getTypeChecking().getExpressionWarnings())
                .isEmpty();
    }

    private ValidatingAdmissionPolicy policy(String name) {
        return cluster.admin()
                .admissionRegistration()
                .v1()
                .validatingAdmissionPolicies()
                .withName(name)
                .require();
    }
}
