package io.nodejoin.workflows.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.ReasonClass;
import io.nodejoin.protocol.agent.ArtifactDigest;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.CgroupDriver;
import io.nodejoin.protocol.agent.CommandMilestone;
import io.nodejoin.protocol.agent.ContainerdSettings;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostFacts;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.protocol.agent.KubeletOptions;
import io.nodejoin.protocol.agent.SwapPolicy;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.protocol.discovery.CaPin;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinPhaseChanged;
import io.nodejoin.protocol.event.JoinRejected;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.LeaveAccepted;
import io.nodejoin.protocol.event.LeaveFailed;
import io.nodejoin.protocol.event.LeaveRequested;
import io.nodejoin.protocol.event.LeaveSucceeded;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.protocol.event.Taint;
import io.nodejoin.workflows.clusterinfo.DiscoveryInfo;
import io.nodejoin.workflows.csr.AllowedServingSans;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.csr.CsrDecisionRequest;
import io.nodejoin.workflows.csr.DeniedCsrs;
import io.nodejoin.workflows.csr.ServingCertificateRequest;
import io.nodejoin.workflows.drain.CordonRequest;
import io.nodejoin.workflows.drain.DrainRequest;
import io.nodejoin.workflows.drain.DrainResult;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.hostcommand.AgentConnection;
import io.nodejoin.workflows.hostcommand.HostCommandRequest;
import io.nodejoin.workflows.hostcommand.MilestoneReport;
import io.nodejoin.workflows.lifecycle.AbortRequest;
import io.nodejoin.workflows.lifecycle.AbortResponse;
import io.nodejoin.workflows.lifecycle.EnrollmentBinding;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.nodejoin.workflows.lifecycle.JoinPolicy;
import io.nodejoin.workflows.lifecycle.JoinProgress;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.lifecycle.JoinResult;
import io.nodejoin.workflows.lifecycle.LeaveRequest;
import io.nodejoin.workflows.node.CreatedNodeRef;
import io.nodejoin.workflows.node.FreeNameRequest;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NameAvailability;
import io.nodejoin.workflows.node.NameCheckRequest;
import io.nodejoin.workflows.node.NameQuarantine;
import io.nodejoin.workflows.node.NodeCreation;
import io.nodejoin.workflows.node.NodeCreationResult;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeObject;
import io.nodejoin.workflows.node.NodeOwnership;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.NodeState;
import io.nodejoin.workflows.node.ReadyConditions;
import io.nodejoin.workflows.node.ReadyRequest;
import io.nodejoin.workflows.node.RegistrationRequest;
import io.nodejoin.workflows.node.ResetMarker;
import io.nodejoin.workflows.token.SealedToken;
import io.nodejoin.workflows.token.TokenIssue;
import io.nodejoin.workflows.token.TokenRef;
import io.nodejoin.workflows.token.TokenRequest;
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

class DataConvertersTest {
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

    private final DataConverter converter = DataConverters.dataConverter();

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
                null,
                null,
                null);
        return Stream.of(
                new JoinRequest(
                        JOIN,
                        AT,
                        wanted,
                        AT,
                        new JoinPolicy(
                                ApprovalMode.CLUSTER,
                                TlsBootstrap.KUBELET,
                                NodeObject.NODEJOIN,
                                Duration.ofMinutes(10),
                                KUBELETS,
                                SETTINGS,
                                null),
                        null),
                new LeaveRequest(JOIN, AT, new LeaveRequested(CLUSTER, NODE, AT, 30, true, null, null), AT),
                new JoinResult(Phase.Failed, PROBLEM),
                new JoinResult(Phase.Joined, null),
                new EnrollmentProof("0f".repeat(32), "key", null, null, null),
                new EnrollmentProof(
                        "0f".repeat(32),
                        "key",
                        null,
                        new AgentConnection("nodejoin-gateway-a", new UUID(1, 2), new UUID(3, 4)),
                        null),
                new EnrollmentBinding(JOIN, "run", "key"),
                new AgentConnection("nodejoin-gateway-a", new UUID(1, 2), new UUID(3, 4)),
                new AgentConnection("nodejoin-gateway-a", new UUID(1, 2), null),
                new MilestoneReport("assignment", CommandMilestone.KubeletActive, AT),
                new AbortRequest("scaled down", "autoscaler", AT, null),
                new AbortRequest("scaled down", "a person", null, null),
                new AbortResponse(JOIN),
                new JoinProgress(JOIN, CLUSTER, NODE, Phase.Compensating, PHASES, "the end", AT, PROBLEM));
    }

    private static Stream<Object> kubernetes() {
        return Stream.of(
                new DiscoveryInfo("uid", API, PINS, "kind: Config", "v1.37.2"),
                new TokenRequest(
                        TOKEN, NODE, "machine-1", 1, "uid", "kind: Config", "key", "ab", Duration.ofMinutes(10), AT),
                new TokenIssue.Issued(new SealedToken(ID, "jwe", AT, AT, 1)),
                new TokenIssue.IdInUse(),
                new CsrDecisionRequest(TOKEN, NODE, ApprovalMode.NODEJOIN, "ab", "uid", AT, AT, AT, null),
                new CertificateResult.Issued("csr-1", "ab", AT, AT),
                new CertificateResult.Denied("csr-1", PROBLEM),
                new CertificateResult.TimedOut(PROBLEM),
                new DeniedCsrs(List.of("csr-1")),
                new AllowedServingSans(new NodeIdentity(REF, "uid"), JOIN, List.of("10.0.0.7")),
                new ServingCertificateRequest(
                        new AllowedServingSans(new NodeIdentity(REF, "uid"), JOIN, List.of("10.0.0.7")), AT),
                new NameAvailability.Free(AT, null),
                new NameAvailability.Free(AT, new NameQuarantine(REF, JOIN, "machine", AT)),
                new NameAvailability.Taken("exists"),
                new NameAvailability.PodsRemaining("pods are bound"),
                new NameAvailability.NodeRemaining("a Node is left"),
                new NodeCreation(new CreatedNodeRef(REF, JOIN, 2), "fleet://w1", Map.of("a", "b"), List.of()),
                new NodeCreationResult.Created("uid"),
                new NodeCreationResult.NameTaken("a Node exists"),
                new NameAvailability.AlreadyJoined("uid"),
                new NodeOwnership.Absent(),
                new NodeOwnership.Unmanaged("uid"),
                new NodeOwnership.Managed(
                        new JoinedNode(
                                new NodeIdentity(REF, "uid"), JOIN, "0f".repeat(32), "key", "machine", null, null),
                        true,
                        false),
                new CordonRequest(new NodeIdentity(REF, "uid"), true, JOIN),
                new DrainRequest(new NodeIdentity(REF, "uid"), AT, null),
                new DrainResult.Drained(),
                new DrainResult.Blocked(List.of("default/web-0: no budget")),
                new NameCheckRequest(REF, JOIN, "0f".repeat(32), "fleet://w1", Map.of("a", "b"), List.of("Storage")),
                new FreeNameRequest(REF, "key", "machine", null, null, AT),
                new JoinedNode(new NodeIdentity(REF, "uid"), JOIN, "0f".repeat(32), "key", "machine", "system", null),
                new RegistrationRequest(
                        REF,
                        AT,
                        "machine",
                        null,
                        "uid",
                        new ReadyConditions(AT, Map.of("pool", "general"), List.of(), List.of("gate")),
                        AT),
                new ResetMarker(REF, JOIN),
                new ReadyRequest(
                        new NodeIdentity(REF, "uid"), AT, "machine", null, Map.of("a", "b"), TAINTS, List.of(), AT),
                new NodeState.Registered("uid", AT),
                new NodeState.Ready("uid", AT),
                new NodeState.Failed(PROBLEM));
    }

    private static Stream<Object> commands() {
        HostCommand.KubeletSettings kubelet = new HostCommand.KubeletSettings("10.0.0.7", null, TAINTS, true);
        return Stream.of(
                        new HostCommand.Preflight(
                                HostProfile.CONTAINERD, "v1.37.2", API, null, KUBELETS, SETTINGS, null),
                        new HostCommand.PrepareHost(
                                HostProfile.CONTAINERD, TlsBootstrap.AGENT, SETTINGS, "10.244.3.0/24"),
                        new HostCommand.StartKubelet(
                                API,
                                PINS,
                                "uid",
                                ID,
                                "jwe",
                                TlsBootstrap.KUBELET,
                                kubelet,
                                List.of(),
                                null,
                                null,
                                null),
                        new HostCommand.ResetHost(),
                        new HostCommand.CollectDiagnostics(20))
                .map(command ->
                        new HostCommandRequest(CLUSTER, new Assignment("id", JOIN, NODE, 1, 7, AT, command), null));
    }

    private static Stream<Object> results() {
        Finding finding = new Finding("swap", Finding.Severity.ERROR, "swap is on", "swapoff -a");
        return Stream.of(
                new HostResult.PreflightPassed(new HostFacts("m", null, null, "os", "k"), List.of(finding)),
                new HostResult.HostPrepared("digest", List.of("swap-off"), "ab"),
                new HostResult.HostPrepared("digest", List.of(), null),
                new HostResult.KubeletBootstrapped("ab"),
                new HostResult.HostReset(true, "ab", List.of(finding)),
                new HostResult.Diagnostics(List.of("line")),
                new HostResult.HostFailed(PROBLEM, List.of(finding), List.of("line")));
    }

    private static Stream<Object> outcomes() {
        List<String> residue = List.of("a line");
        Stream<LifecycleEvent.Outcome> events = Stream.of(
                new JoinAccepted(CLUSTER, NODE, JOIN, AT, null),
                new JoinPhaseChanged(CLUSTER, NODE, JOIN, Phase.TokenIssued, AT, null),
                new JoinPhaseChanged(CLUSTER, NODE, JOIN, Phase.Compensating, AT, ErrorCode.CSR_TIMEOUT),
                new JoinSucceeded(CLUSTER, NODE, JOIN, "uid", PHASES, true, null),
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
                        PHASES,
                        null),
                new JoinCancelled(CLUSTER, NODE, JOIN, "scaled down", residue, PHASES, ErrorCode.SUPERSEDED, null),
                new LeaveAccepted(CLUSTER, NODE, JOIN, AT, null),
                new LeaveSucceeded(CLUSTER, NODE, JOIN, residue, PHASES, "uid", null),
                new LeaveFailed(
                        CLUSTER,
                        NODE,
                        JOIN,
                        ErrorCode.DRAIN_BLOCKED,
                        "no budget",
                        true,
                        Duration.ZERO,
                        residue,
                        PHASES,
                        null),
                new JoinRejected("kraken", "w1", null, ErrorCode.EVENT_EXPIRED, "/deadline", "too late", null));
        return events.map(event -> new OutcomeEvent("id", CLUSTER, "w1", AT, event));
    }

    @ParameterizedTest
    @MethodSource("payloads")
    void shouldDeserializeWhatItSerialized(Object value) {
        // when
        Payload payload = converter.toPayload(value).orElseThrow();

        // then
        assertThat(read(payload, declaredType(value))).isEqualTo(value);
    }

    @Test
    void shouldSayOfAnEncryptedPayloadThatItsKeyIsMissing() {
        // given
        Payload encrypted = Payload.newBuilder()
                .putMetadata("encoding", ByteString.copyFromUtf8(DataConverters.ENCRYPTED))
                .build();
        // when, then
        assertThatThrownBy(() -> converter.fromPayload(encrypted, String.class, String.class))
                .isInstanceOf(UnreadablePayloadException.class)
                .hasMessageStartingWith("TEMPORAL_PAYLOAD_UNREADABLE: ");
    }

    @Test
    void shouldIgnoreAnUnknownMember() {
        // given
        record NewerAnswer(JoinId joinId, int added) {}
        Payload payload = converter.toPayload(new NewerAnswer(JOIN, 1)).orElseThrow();

        // when
        Object read = read(payload, AbortResponse.class);

        // then
        assertThat(read).isEqualTo(new AbortResponse(JOIN));
    }

    @Test
    void shouldSerializeTimesAsText() {
        // when
        Payload payload =
                converter.toPayload(new NameAvailability.Free(AT, null)).orElseThrow();

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
