package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    void shouldAllowEventsOnNodesInItsOwnName() {
        // when
        Event created = service.resource(event("nodejoin.io/nodejoin", "v1", "Node", "JoinStarted"))
                .create();

        // then
        assertThat(created.getMetadata().getUid()).isNotNull();
        cluster.admin().resource(created).delete();
    }

    @ParameterizedTest
    @ValueSource(strings = {"CertificateApproved", "CertificateDenied"})
    void shouldAllowEventsOnDecidedCertificateRequests(String reason) {
        // when
        Event created = service.resource(
                        event("nodejoin.io/nodejoin", "certificates.k8s.io/v1", "CertificateSigningRequest", reason))
                .create();

        // then
        assertThat(created.getMetadata().getUid()).isNotNull();
        cluster.admin().resource(created).delete();
    }

    @ParameterizedTest
    @CsvSource({
        "kubelet, v1, Node, JoinStarted",
        "nodejoin.io/nodejoin, v1, Namespace, JoinStarted",
        "nodejoin.io/nodejoin, certificates.k8s.io/v1, CertificateSigningRequest, JoinStarted",
        "kubelet, certificates.k8s.io/v1, CertificateSigningRequest, CertificateApproved",
        "nodejoin.io/nodejoin, v1, CertificateSigningRequest, CertificateApproved"
    })
    void shouldForbidOtherEvents(String controller, String apiVersion, String kind, String reason) {
        // when
        KubernetesClientException refusal = catchThrowableOfType(
                KubernetesClientException.class,
                () -> service.resource(event(controller, apiVersion, kind, reason))
                        .create());

        // then
        assertThat(refusal).hasMessageContaining("ValidatingAdmissionPolicy 'nodejoin-events'");
        assertThat(refusal.getCode()).isEqualTo(403);
    }

    static Event event(String controller, String apiVersion, String kind, String reason) {
        return new EventBuilder()
                .withNewMetadata()
                .withGenerateName("least-privilege-")
                .withNamespace("default")
                .endMetadata()
                .withEventTime(new MicroTime("2026-11-25T10:00:00.000000Z"))
                .withReportingController(controller)
                .withReportingInstance("gateway-1")
                .withAction(reason)
                .withReason(reason)
                .withType("Normal")
                .withNewRegarding()
                .withApiVersion(apiVersion)
                .withKind(kind)
                .withName("w1")
                .endRegarding()
                .build();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "joined  | {'status': {'conditions': [{'type': 'Ready', 'status': 'True'}]}}",
                "joined  | {'status': {'conditions': [{'type': 'Ready', '$patch': 'delete'}]}}",
                "joined  | {'status': {'addresses': [{'type': 'InternalIP', 'address': '192.0.2.9'}]}}",
                "joined  | {'status': {'allocatable': {'pods': '1000'}}}",
                "joined  | {'status': {'nodeInfo': {'machineID': 'another'}}}",
                "joined  | {'metadata': {'labels': {'kubernetes.io/os': 'plan9'}}}",
                "foreign | {'status': {'conditions': [{'type': 'Drained', 'status': 'True'}]}}"
            })
    void shouldForbidAnyOtherStatusOfANode(String maker, String patch) {
        // given
        Node node = cluster.admin()
                .resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName("least-privilege-" + UUID.randomUUID())
                        .addToAnnotations(maker.equals("joined") ? Map.of("nodejoin.io/join-id", "x") : Map.of())
                        .endMetadata()
                        .withNewStatus()
                        .addNewCondition()
                        .withType("Ready")
                        .withStatus("False")
                        .endCondition()
                        .endStatus()
                        .build())
                .create();

        // when
        KubernetesClientException refusal = catchThrowableOfType(
                KubernetesClientException.class,
                () -> service.nodes()
                        .withName(node.getMetadata().getName())
                        .subresource("status")
                        .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), patch.replace('\'', '"')));

        // then
        cluster.admin().resource(node).delete();
        assertThat(refusal).hasMessageContaining("ValidatingAdmissionPolicy 'nodejoin-node-status'");
        assertThat(refusal.getCode()).isEqualTo(403);
    }

    @Test
    void shouldHavePoliciesWhoseTypesKubernetesFindsInOrder() {
        // given
        List<String> policies = List.of(
                "nodejoin-tokens",
                "nodejoin-cluster-info",
                "nodejoin-ledger",
                "nodejoin-certificates",
                "nodejoin-certificate-names",
                "nodejoin-serving-service",
                "nodejoin-serving-endpoints",
                "nodejoin-cluster-info-server",
                "nodejoin-bootstrap-requests",
                "nodejoin-nodes",
                "nodejoin-node-deletion",
                "nodejoin-node-creation",
                "nodejoin-node-status",
                "nodejoin-events");

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
