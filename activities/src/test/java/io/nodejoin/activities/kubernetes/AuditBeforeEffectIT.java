package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.nodejoin.activities.TestPki;
import io.nodejoin.activities.audit.FakeAuditLog;
import io.nodejoin.activities.kubernetes.clusterinfo.ClusterPolicy;
import io.nodejoin.activities.kubernetes.clusterinfo.ClusterPreconditions;
import io.nodejoin.activities.kubernetes.clusterinfo.KubernetesClusterInfoActivities;
import io.nodejoin.activities.kubernetes.csr.KubernetesCertificateActivities;
import io.nodejoin.activities.kubernetes.csr.KubernetesServingActivities;
import io.nodejoin.activities.kubernetes.node.KubernetesNodeActivities;
import io.nodejoin.activities.kubernetes.token.KubernetesTokenActivities;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.clusterinfo.ClusterInfoActivities;
import io.nodejoin.workflows.csr.AllowedServingSans;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.csr.CsrActivities;
import io.nodejoin.workflows.csr.CsrDecisionRequest;
import io.nodejoin.workflows.csr.ServingCertificateActivities;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.node.CreatedNodeRef;
import io.nodejoin.workflows.node.NameQuarantine;
import io.nodejoin.workflows.node.NodeActivities;
import io.nodejoin.workflows.node.NodeCreation;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.ReadyRequest;
import io.nodejoin.workflows.node.ResetMarker;
import io.nodejoin.workflows.temporal.DataConverters;
import io.nodejoin.workflows.token.SpentToken;
import io.nodejoin.workflows.token.TokenActivities;
import io.nodejoin.workflows.token.TokenRef;
import io.nodejoin.workflows.token.TokenRequest;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.common.interceptors.ActivityExecutionContextBase;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.testing.TestActivityEnvironment;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.worker.WorkerFactoryOptions;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Each effect on a cluster has its line in the audit log first, and without the line there is no effect. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuditBeforeEffectIT {
    private static final ClusterName CLUSTER = new ClusterName("c");
    private static final NodeName NODE = new NodeName("worker-1");
    private static final NodeRef NODE_REF = new NodeRef(CLUSTER, NODE);
    private static final JoinId JOIN = JoinId.of("s", "i");
    private static final TokenRef TOKEN = new TokenRef(CLUSTER, JOIN, new TokenId("abc123"));
    private static final AllowedServingSans INVENTORY =
            new AllowedServingSans(new NodeIdentity(NODE_REF, "uid-n"), JOIN, List.of("10.0.0.7"));
    private static final Problem ENDED = new Problem(ErrorCode.WORKER_INTERRUPTED, "the activity has ended");
    private static final String OWN_CONFIG_MAPS = "/api/v1/namespaces/nodejoin-system/configmaps";
    private static final String CLUSTER_INFO = "/api/v1/namespaces/kube-public/configmaps";
    private static final String REQUESTS = "/apis/certificates.k8s.io/v1/certificatesigningrequests";

    private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private final FakeAuditLog audit = new FakeAuditLog();
    private final AtomicBoolean ended = new AtomicBoolean();
    private StubApiServer cluster;
    private KubernetesCertificateActivities certificates;
    private KubernetesServingActivities serving;
    private KubernetesNodeActivities nodes;
    private TestActivityEnvironment environment;

    /** @param action the line; {@code change} is the request that follows it */
    record Effect(String action, String change, Act act) {
        @Override
        public String toString() {
            return action;
        }
    }

    interface Act {
        void by(AuditBeforeEffectIT service);
    }

    static final List<Effect> EFFECTS = List.of(
            new Effect(
                    "token.reserve",
                    "POST " + OWN_CONFIG_MAPS,
                    by -> by.stub(TokenActivities.class).issue(by.tokenRequest())),
            new Effect(
                    "token.create",
                    "POST /api/v1/namespaces/kube-system/secrets",
                    by -> by.stub(TokenActivities.class).issue(by.tokenRequest())),
            new Effect(
                    "token.revoke",
                    "DELETE /api/v1/namespaces/kube-system/secrets/bootstrap-token-abc123",
                    by -> by.stub(TokenActivities.class).revoke(TOKEN)),
            new Effect(
                    "token.delete-ledger-entry",
                    "DELETE " + OWN_CONFIG_MAPS + "/token-abc123",
                    by -> by.stub(TokenActivities.class).deleteLedgerEntry(SpentToken.compensated(TOKEN))),
            new Effect(
                    "clusterinfo.publish",
                    "POST " + CLUSTER_INFO,
                    by -> by.stub(ClusterInfoActivities.class).ensure(CLUSTER)),
            new Effect("clusterinfo.sign", "PUT " + CLUSTER_INFO + "/cluster-info", by -> {
                by.showClusterInfo("{\"kubeconfig\":\"text\"}");
                by.stub(TokenActivities.class).issue(by.tokenRequest());
            }),
            new Effect("clusterinfo.remove-signature", "PUT " + CLUSTER_INFO + "/cluster-info", by -> {
                by.showClusterInfo("{\"kubeconfig\":\"text\",\"jws-kubeconfig-abc123\":\"jws\"}");
                by.stub(TokenActivities.class).removeSignature(TOKEN);
            }),
            new Effect("csr.approve", "PUT " + REQUESTS + "/csr-x/approval", by -> {
                by.showRequest();
                by.stub(CsrActivities.class)
                        .decide(new CsrDecisionRequest(
                                TOKEN,
                                NODE,
                                ApprovalMode.NODEJOIN,
                                null,
                                null,
                                by.now.minusSeconds(60),
                                by.now.plusSeconds(60),
                                by.now.minusSeconds(1),
                                null));
            }),
            new Effect("csr.deny", "PUT " + REQUESTS + "/csr-x/approval", by -> {
                by.showRequest();
                by.stub(CsrActivities.class).denyPending(TOKEN);
            }),
            new Effect(
                    "serving.allow-sans",
                    "POST " + OWN_CONFIG_MAPS,
                    by -> by.stub(ServingCertificateActivities.class).allowSans(INVENTORY)),
            new Effect("serving.disallow-sans", "DELETE " + OWN_CONFIG_MAPS + "/serving-worker-1", by -> {
                by.showInventory();
                by.stub(ServingCertificateActivities.class).disallowSans(INVENTORY);
            }),
            new Effect(
                    "node.create",
                    "POST /api/v1/nodes",
                    by -> by.stub(NodeActivities.class)
                            .create(new NodeCreation(
                                    new CreatedNodeRef(NODE_REF, JOIN, 1), null, Map.of(), List.of()))),
            new Effect("node.label", "PATCH /api/v1/nodes/worker-1", by -> {
                by.showNode();
                by.stub(NodeActivities.class)
                        .awaitReady(new ReadyRequest(
                                new NodeIdentity(NODE_REF, "uid-n"),
                                by.now,
                                "machine",
                                null,
                                Map.of("pool", "a"),
                                List.of(),
                                List.of(),
                                by.now.minusSeconds(1)));
            }),
            new Effect(
                    "node.quarantine-name",
                    "POST " + OWN_CONFIG_MAPS,
                    by -> by.stub(NodeActivities.class)
                            .quarantineName(new NameQuarantine(NODE_REF, JOIN, "machine", by.now))),
            new Effect("node.mark-reset", "PUT " + OWN_CONFIG_MAPS + "/joined-worker-1", by -> {
                by.showNote();
                by.stub(NodeActivities.class).markReset(new ResetMarker(NODE_REF, JOIN));
            }),
            new Effect(
                    "node.delete",
                    "DELETE /api/v1/nodes/worker-1",
                    by -> by.stub(NodeActivities.class).delete(new NodeIdentity(NODE_REF, "uid-n"))));

    @BeforeEach
    void start() {
        audit.recover();
        ended.set(false);
        cluster = new StubApiServer(TestPki.pem(TestPki.ca("CN=cluster")));
        cluster.show("/version", "{}");
        cluster.show(OWN_CONFIG_MAPS, list("ConfigMapList", ""));
        cluster.show("/api/v1/pods", list("PodList", ""));
        certificates = new KubernetesCertificateActivities(cluster, audit, _ -> {});
        serving = new KubernetesServingActivities(cluster, audit, _ -> {});
        ServerClocks clocks = ServerClocks.of(cluster);
        var clusterInfo = new KubernetesClusterInfoActivities(cluster, audit, lenient(), _ -> {});
        nodes = new KubernetesNodeActivities(cluster, audit, clocks);
        environment = TestActivityEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                        .setDataConverter(DataConverters.dataConverter())
                        .build())
                .setWorkerFactoryOptions(WorkerFactoryOptions.newBuilder()
                        .setWorkerInterceptors(endingActivities())
                        .build())
                .build());
        environment.registerActivitiesImplementations(
                new KubernetesTokenActivities(
                        cluster,
                        audit,
                        new SecureRandom(),
                        new SignedTokenArtifacts(clusterInfo),
                        _ -> 500,
                        clocks,
                        (_, _) -> {}),
                clusterInfo,
                certificates,
                serving,
                nodes);
    }

    @AfterEach
    void stop() {
        environment.close();
        certificates.close();
        serving.close();
        nodes.close();
        cluster.close();
    }

    @ParameterizedTest
    @FieldSource("EFFECTS")
    void shouldRecordTheEffect(Effect effect) {
        // when, whatever the stub's answer leads to
        Throwable _ = catchThrowable(() -> effect.act().by(this));
        // then
        assertThat(cluster.changes()).contains(effect.change());
        assertThat(audit.entries(effect.action())).isNotEmpty();
    }

    @ParameterizedTest
    @FieldSource("EFFECTS")
    void shouldHaveNoEffectThatCannotBeRecorded(Effect effect) {
        // given
        audit.fail();
        // when
        Throwable thrown = catchThrowable(() -> effect.act().by(this));
        // then
        assertThat(Failures.typeOf(thrown)).contains(FailureType.UNAVAILABLE);
        assertThat(Failures.problemOf(thrown).code()).isEqualTo(ErrorCode.AUDIT_UNAVAILABLE);
        assertThat(cluster.changes()).isEmpty();
    }

    @ParameterizedTest
    @FieldSource("EFFECTS")
    void shouldHaveNoEffectIfTheActivityEndsWhileADiskHoldsUpTheRecord(Effect effect) {
        // given
        audit.whileRecording(() -> ended.set(true));
        // when
        Throwable thrown = catchThrowable(() -> effect.act().by(this));
        // then
        assertThat(Failures.problemOf(thrown)).isEqualTo(ENDED);
        assertThat(cluster.changes()).isEmpty();
    }

    /** Once its activity has ended, a heartbeat throws. */
    private WorkerInterceptor endingActivities() {
        return new WorkerInterceptorBase() {
            @Override
            public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
                return new ActivityInboundCallsInterceptorBase(next) {
                    @Override
                    public void init(ActivityExecutionContext context) {
                        super.init(new ActivityExecutionContextBase(context) {
                            @Override
                            public <V> void heartbeat(V details) {
                                if (ended.get()) {
                                    throw Failures.of(FailureType.UNAVAILABLE, ENDED);
                                }
                            }
                        });
                    }
                };
            }
        };
    }

    private ClusterPreconditions lenient() {
        return new ClusterPreconditions(
                cluster, Map.of(CLUSTER, new ClusterPolicy(ApprovalMode.NODEJOIN, false)), System::nanoTime);
    }

    private <T> T stub(Class<T> type) {
        return environment.newActivityStub(
                type,
                ActivityOptions.newBuilder()
                        .setStartToCloseTimeout(Duration.ofSeconds(30))
                        .setHeartbeatTimeout(Duration.ofSeconds(30))
                        .build());
    }

    private void showClusterInfo(String data) {
        cluster.show(
                CLUSTER_INFO + "/cluster-info",
                "{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"cluster-info\","
                        + "\"namespace\":\"kube-public\",\"resourceVersion\":\"1\"},\"data\":" + data + "}");
    }

    private TokenRequest tokenRequest() {
        return new TokenRequest(
                TOKEN,
                NODE,
                "machine-1",
                1,
                "uid",
                "kubeconfig",
                TestPki.base64(TestPki.keyPair()),
                null,
                Duration.ofMinutes(10),
                now.plusSeconds(600));
    }

    private void showInventory() {
        cluster.show(
                OWN_CONFIG_MAPS + "/serving-worker-1",
                "{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"serving-worker-1\","
                        + "\"namespace\":\"nodejoin-system\"},\"data\":{\"node\":\"worker-1\",\"nodeUid\":\"uid-n\","
                        + "\"joinId\":\"" + INVENTORY.joinId() + "\",\"addresses\":\"10.0.0.7\"}}");
    }

    private void showNote() {
        cluster.show(
                OWN_CONFIG_MAPS + "/joined-worker-1",
                "{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"joined-worker-1\","
                        + "\"namespace\":\"nodejoin-system\",\"resourceVersion\":\"1\"},\"data\":{}}");
    }

    private void showNode() {
        cluster.show(
                "/api/v1/nodes/worker-1",
                "{\"kind\":\"Node\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"worker-1\",\"uid\":\"uid-n\","
                        + "\"creationTimestamp\":\"" + now + "\",\"resourceVersion\":\"1\"}}");
    }

    private void showRequest() {
        String pem = TestPki.certificateRequest("O=system:nodes,CN=system:node:worker-1");
        String request = Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.UTF_8));
        cluster.show(
                REQUESTS,
                list(
                        "CertificateSigningRequestList",
                        "{\"metadata\":{\"name\":\"csr-x\",\"uid\":\"uid-x\",\"resourceVersion\":\"1\","
                                + "\"creationTimestamp\":\"" + now + "\"},\"spec\":{"
                                + "\"username\":\"system:bootstrap:abc123\",\"groups\":[\"system:bootstrappers\","
                                + "\"system:bootstrappers:nodejoin\",\"system:authenticated\"],"
                                + "\"signerName\":\"kubernetes.io/kube-apiserver-client-kubelet\","
                                + "\"usages\":[\"digital signature\",\"client auth\"],\"request\":\"" + request
                                + "\"}}"));
    }

    private static String list(String kind, String items) {
        String version = kind.startsWith("Certificate") ? "certificates.k8s.io/v1" : "v1";
        return "{\"kind\":\"" + kind + "\",\"apiVersion\":\"" + version
                + "\",\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[" + items + "]}";
    }
}
