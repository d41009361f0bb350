package io.nodejoin.workflows.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.ArtifactDigest;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.CgroupDriver;
import io.nodejoin.protocol.agent.ContainerdSettings;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostFacts;
import io.nodejoin.protocol.agent.HostMark;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.protocol.agent.KubeletOptions;
import io.nodejoin.protocol.agent.SwapPolicy;
import io.nodejoin.protocol.discovery.CaPin;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.protocol.join.HostProfile;
import io.nodejoin.protocol.join.JoinAccepted;
import io.nodejoin.protocol.join.JoinCancelled;
import io.nodejoin.protocol.join.JoinEvent;
import io.nodejoin.protocol.join.JoinFailed;
import io.nodejoin.protocol.join.JoinPhaseChanged;
import io.nodejoin.protocol.join.JoinRejected;
import io.nodejoin.protocol.join.JoinRequested;
import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.protocol.join.LeaveAccepted;
import io.nodejoin.protocol.join.LeaveFailed;
import io.nodejoin.protocol.join.LeaveRequested;
import io.nodejoin.protocol.join.LeaveSucceeded;
import io.nodejoin.protocol.join.PhaseTime;
import io.nodejoin.protocol.join.ReasonClass;
import io.nodejoin.protocol.join.Taint;
import io.nodejoin.workflows.certificate.ApprovalMode;
import io.nodejoin.workflows.certificate.CertificateDecision;
import io.nodejoin.workflows.certificate.CertificateOrder;
import io.nodejoin.workflows.certificate.DeniedRequests;
import io.nodejoin.workflows.certificate.ServingInventory;
import io.nodejoin.workflows.certificate.ServingOrder;
import io.nodejoin.workflows.clusterinfo.ClusterTrust;
import io.nodejoin.workflows.clusterinfo.TokenSignature;
import io.nodejoin.workflows.drain.CordonOrder;
import io.nodejoin.workflows.drain.DrainOrder;
import io.nodejoin.workflows.drain.DrainResult;
import io.nodejoin.workflows.event.Announcement;
import io.nodejoin.workflows.host.HostOrder;
import io.nodejoin.workflows.join.AbortAnswer;
import io.nodejoin.workflows.join.AbortRequest;
import io.nodejoin.workflows.join.AgentConnection;
import io.nodejoin.workflows.join.EnrollmentBinding;
import io.nodejoin.workflows.join.EnrollmentProof;
import io.nodejoin.workflows.join.HostReport;
import io.nodejoin.workflows.join.JoinEnd;
import io.nodejoin.workflows.join.JoinProgress;
import io.nodejoin.workflows.join.JoinRequest;
import io.nodejoin.workflows.join.JoinTerms;
import io.nodejoin.workflows.join.LeaveRequest;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NameHold;
import io.nodejoin.workflows.node.NameOrder;
import io.nodejoin.workflows.node.NameState;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeOwner;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.NodeState;
import io.nodejoin.workflows.node.ReadyOrder;
import io.nodejoin.workflows.node.RegistrationOrder;
import io.nodejoin.workflows.node.ReplaceOrder;
import io.nodejoin.workflows.node.ResetMark;
import io.nodejoin.workflows.token.SealedToken;
import io.nodejoin.workflows.token.TokenRef;
import io.nodejoin.workflows.token.TokenRequest;
import io.nodejoin.workflows.token.TokenReservation;
import io.temporal.api.common.v1.Payload;
import io.temporal.common.converter.DataConverter;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PayloadsTest {
    private static final Instant AT = Instant.parse("2026-11-25T01:02:03.456Z");
    private static final ClusterName CLUSTER = new ClusterName("kraken");
    private static final NodeName NODE = new NodeName("w1");
    private static final JoinId JOIN = JoinId.of("test", "1");
    private static final TokenId ID = new TokenId("k3x9ab");
    private static final TokenRef TOKEN = new TokenRef(CLUSTER, JOIN, ID);
    private static final NodeRef REF = new NodeRef(CLUSTER, NODE);
    private static final Problem PROBLEM = new Problem(ErrorCode.NODE_NOT_READY, "no network plugin");
    private static final List<PhaseTime> PHASES = List.of(new PhaseTime(Phase.Requested, AT));
    private static final List<Taint> TAINTS = List.of(new Taint("gpu", null, Taint.Effect.NoSchedule));
    private static final List<CaPin> PINS = List.of(new CaPin("sha256:" + "ab".repeat(32)));
    private static final HostSettings SETTINGS = new HostSettings(
            SwapPolicy.LIMITED_SWAP,
            new ContainerdSettings(
                    CgroupDriver.CGROUPFS,
                    "pause:1",
                    Map.of("_default", List.of(URI.create("https://mirror.example")))),
            new KubeletOptions(Map.of("cpu", "100m"), Map.of("memory", "1Gi"), Map.of(), null, 3));
    private static final List<ArtifactDigest> KUBELETS = List.of(new ArtifactDigest("sha256:" + "cd".repeat(32)));
    private static final URI API = URI.create("https://127.0.0.1:6443");

    private final DataConverter converter = Payloads.converter();

    static Stream<Arguments> payloads() {
        return Stream.of(workflow(), kubernetes(), commands(), results(), outcomes())
                .flatMap(part -> part)
                .map(Arguments::of);
    }

    private static Stream<Object> workflow() {
        JoinRequested wanted = new JoinRequested(
                CLUSTER,
                NODE,
                "0f".repeat(32),
                List.of("10.0.0.7"),
                Map.of("pool", "general"),
                TAINTS,
                "fleet://w1",
                HostProfile.DOCKER,
                List.of("Storage"),
                AT,
                true,
                true,
                null);
        return Stream.of(
                new JoinRequest(
                        JOIN,
                        AT,
                        wanted,
                        AT,
                        new JoinTerms(ApprovalMode.CLUSTER, Duration.ofMinutes(10), KUBELETS, SETTINGS)),
                new LeaveRequest(JOIN, AT, new LeaveRequested(CLUSTER, NODE, AT, 30, true, null), AT),
                new JoinEnd(Phase.Failed, PROBLEM),
                new JoinEnd(Phase.Joined, null),
                new EnrollmentProof("0f".repeat(32), "key"),
                new EnrollmentBinding(JOIN),
                new AgentConnection("nodejoin-gateway-a", new UUID(1, 2), new UUID(3, 4)),
                new AgentConnection("nodejoin-gateway-a", new UUID(1, 2), null),
                new HostReport("assignment", HostMark.KubeletActive, AT),
                new AbortRequest("scaled down", "autoscaler", AT),
                new AbortRequest("scaled down", "a person", null),
                new AbortAnswer(JOIN),
                new JoinProgress(JOIN, CLUSTER, NODE, Phase.Compensating, PHASES, "the end", AT, PROBLEM));
    }

    private static Stream<Object> kubernetes() {
        return Stream.of(
                ID,
                new ClusterTrust("uid", API, PINS, "kind: Config", "v1.37.2"),
                new TokenSignature(TOKEN, "jws"),
                new TokenReservation(CLUSTER, JOIN, NODE, "machine-1", 1, AT),
                new TokenRequest(TOKEN, NODE, 1, "uid", "kind: Config", "key", AT),
                new SealedToken(ID, "jwe", "jws", AT, AT, 1),
                new CertificateOrder(TOKEN, NODE, ApprovalMode.NODEJOIN, AT, AT, AT),
                new CertificateDecision.Issued("csr-1", "ab", AT, AT),
                new CertificateDecision.Denied("csr-1", PROBLEM),
                new CertificateDecision.Missing(PROBLEM),
                new DeniedRequests(List.of("csr-1")),
                new ServingInventory(new NodeIdentity(REF, "uid"), JOIN, List.of("10.0.0.7")),
                new ServingOrder(new ServingInventory(new NodeIdentity(REF, "uid"), JOIN, List.of("10.0.0.7")), AT),
                new NameState.Free(AT, null),
                new NameState.Free(AT, new NameHold(REF, JOIN, "machine", AT)),
                new NameState.Taken("exists"),
                new NameState.PodsLeft("pods are bound"),
                new NameState.Own("uid"),
                new NodeOwner.Nobody(),
                new NodeOwner.Foreign("uid"),
                new NodeOwner.Ours(
                        new JoinedNode(
                                new NodeIdentity(REF, "uid"), JOIN, "0f".repeat(32), "key", "machine", null, null),
                        true),
                new CordonOrder(new NodeIdentity(REF, "uid"), true, JOIN),
                new CordonOrder(new NodeIdentity(REF, "uid"), true, null),
                new DrainOrder(new NodeIdentity(REF, "uid"), AT, null),
                new DrainResult.Drained(),
                new DrainResult.Blocked(List.of("default/web-0: no budget")),
                new NameOrder(REF, "0f".repeat(32), "fleet://w1", Map.of("a", "b"), List.of("Storage")),
                new ReplaceOrder(REF, "machine", null, AT),
                new JoinedNode(new NodeIdentity(REF, "uid"), JOIN, "0f".repeat(32), "key", "machine", "system", null),
                new RegistrationOrder(REF, AT, "machine", null, AT),
                new ResetMark(REF, JOIN),
                new ReadyOrder(
                        new NodeIdentity(REF, "uid"), AT, "machine", null, Map.of("a", "b"), TAINTS, List.of(), AT),
                new NodeState.Registered("uid", AT),
                new NodeState.Ready("uid", AT),
                new NodeState.Refused(PROBLEM));
    }

    private static Stream<Object> commands() {
        HostCommand.KubeletSettings kubelet = new HostCommand.KubeletSettings("10.0.0.7", null, TAINTS, true);
        return Stream.of(
                        new HostCommand.Preflight(
                                HostProfile.CONTAINERD, "v1.37.2", API, null, KUBELETS, SETTINGS, null),
                        new HostCommand.PrepareHost(HostProfile.CONTAINERD, SETTINGS, "10.244.3.0/24"),
                        new HostCommand.StartKubelet(API, PINS, "uid", ID, "jwe", kubelet, List.of(), null),
                        new HostCommand.ResetHost(),
                        new HostCommand.CollectDiagnostics(20))
                .map(command -> new HostOrder(CLUSTER, new Assignment("id", JOIN, NODE, 1, 7, AT, command)));
    }

    private static Stream<Object> results() {
        Finding finding = new Finding("swap", Finding.Severity.ERROR, "swap is on", "swapoff -a");
        return Stream.of(
                new HostResult.PreflightPassed(new HostFacts("m", null, null, "os", "k"), List.of(finding)),
                new HostResult.HostPrepared("digest", List.of("swap-off")),
                new HostResult.KubeletBootstrapped("ab"),
                new HostResult.HostReset(true, "ab", List.of(finding)),
                new HostResult.Diagnostics(List.of("line")),
                new HostResult.HostFailed(PROBLEM, List.of(finding), List.of("line")));
    }

    private static Stream<Object> outcomes() {
        List<String> residue = List.of("a line");
        Stream<JoinEvent.Outcome> events = Stream.of(
                new JoinAccepted(CLUSTER, NODE, JOIN, AT),
                new JoinPhaseChanged(CLUSTER, NODE, JOIN, Phase.TokenIssued, AT, null),
                new JoinPhaseChanged(CLUSTER, NODE, JOIN, Phase.Compensating, AT, ErrorCode.CSR_TIMEOUT),
                new JoinSucceeded(CLUSTER, NODE, JOIN, "uid", PHASES, true),
                new JoinFailed(
                        CLUSTER,
                        NODE,
                        JOIN,
                        ErrorCode.NODE_NOT_READY,
                        ReasonClass.CONTROL_PLANE,
                        "no network plugin",
                        true,
                        Duration.ofSeconds(90),
                        false,
                        residue,
                        residue,
                        PHASES),
                new JoinCancelled(CLUSTER, NODE, JOIN, "scaled down", residue, PHASES, ErrorCode.SUPERSEDED),
                new LeaveAccepted(CLUSTER, NODE, JOIN, AT),
                new LeaveSucceeded(CLUSTER, NODE, JOIN, residue, PHASES, "uid"),
                new LeaveFailed(
                        CLUSTER,
                        NODE,
                        JOIN,
                        ErrorCode.DRAIN_BLOCKED,
                        "no budget",
                        true,
                        Duration.ZERO,
                        residue,
                        PHASES),
                new JoinRejected("kraken", "w1", null, ErrorCode.EVENT_EXPIRED, "/deadline", "too late"));
        return events.map(event -> new Announcement("id", CLUSTER, "w1", AT, event));
    }

    @ParameterizedTest
    @MethodSource("payloads")
    void shouldReadBackWhatItWrote(Object value) {
        // when
        Payload payload = converter.toPayload(value).orElseThrow();

        // then
        assertThat(read(payload, declaredType(value))).isEqualTo(value);
    }

    @Test
    void shouldIgnoreAMemberThatANewerVersionAdds() {
        // given
        record NewerAnswer(JoinId joinId, int added) {}
        Payload payload = converter.toPayload(new NewerAnswer(JOIN, 1)).orElseThrow();

        // when
        Object read = read(payload, AbortAnswer.class);

        // then
        assertThat(read).isEqualTo(new AbortAnswer(JOIN));
    }

    @Test
    void shouldWriteTimesAsText() {
        // when
        Payload payload = converter.toPayload(new NameState.Free(AT, null)).orElseThrow();

        // then
        assertThat(read(payload, Map.class))
                .isEqualTo(Map.of("name", "Free", "serverTime", "2026-11-25T01:02:03.456Z"));
    }

    private Object read(Payload payload, Class<?> type) {
        return converter.fromPayload(payload, type, type);
    }

    /** What a workflow or activity signature says: the sealed interface, not the record. */
    private static Class<?> declaredType(Object value) {
        Class<?>[] sealed = value.getClass().getInterfaces();
        return sealed.length == 1 && sealed[0].isSealed() ? sealed[0] : value.getClass();
    }
}
