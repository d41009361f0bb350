package io.nodejoin.gateway;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.activities.TestPki;
import io.nodejoin.gateway.admission.JoinAdmission;
import io.nodejoin.gateway.agentca.AgentIdentity;
import io.nodejoin.gateway.config.AdmissionSettings;
import io.nodejoin.gateway.config.GatewaySettings;
import io.nodejoin.gateway.config.GatewayTimeouts;
import io.nodejoin.gateway.config.ListenAddress;
import io.nodejoin.gateway.http.StrictJson;
import io.nodejoin.gateway.ratelimit.RateLimiter;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.CommandMilestone;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.MachineFacts;
import io.nodejoin.protocol.agent.PollRequest;
import io.nodejoin.protocol.agent.PoolAnnouncement;
import io.nodejoin.protocol.agent.ProgressReport;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.hostcommand.HostCommandRequest;
import io.nodejoin.workflows.lifecycle.JoinPolicy;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.node.NodeObject;
import io.nodejoin.workflows.node.NodeRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Values for tests. */
public final class Samples {
    public static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");
    public static final AgentIdentity WORKER_A = agent("worker-a");
    static final AgentIdentity WORKER_B = agent("worker-b");

    private Samples() {}

    public static AgentIdentity agent(String node) {
        return agent(node, "1");
    }

    /** The agent of the join that the event of this id asks for. */
    public static AgentIdentity agent(String node, String event) {
        return new AgentIdentity(
                new NodeRef(new ClusterName("prod"), new NodeName(node)), JoinId.of("test/" + node, event));
    }

    /** The request for the agent's join. */
    public static JoinRequest joinRequest(AgentIdentity agent, String secretDigest) {
        JoinRequested wanted = new JoinRequested(
                agent.node().cluster(),
                agent.node().name(),
                secretDigest,
                List.of(),
                Map.of(),
                List.of(),
                null,
                HostProfile.CONTAINERD,
                List.of(),
                null,
                null,
                null,
                null,
                null,
                null);
        JoinPolicy policy = new JoinPolicy(
                ApprovalMode.NODEJOIN,
                TlsBootstrap.AGENT,
                NodeObject.NODEJOIN,
                Duration.ofMinutes(10),
                List.of(),
                null,
                null);
        return new JoinRequest(agent.join(), NOON, wanted, NOON.plusSeconds(600), policy, null);
    }

    /** The id of an assignment of the agent's join. */
    public static String id(AgentIdentity agent, String name) {
        return Assignment.id(agent.join(), 1, name);
    }

    public static Assignment assignment(AgentIdentity agent, String name) {
        return new Assignment(
                id(agent, name),
                agent.join(),
                agent.node().name(),
                1,
                1,
                Instant.now().plusSeconds(600),
                new HostCommand.ResetHost());
    }

    public static HostCommandRequest order(AgentIdentity agent, String name) {
        return new HostCommandRequest(agent.node().cluster(), assignment(agent, name), null);
    }

    public static HostResult reset() {
        return new HostResult.HostReset(true, null, List.of());
    }

    public static ProgressReport progress(CommandMilestone mark, String step) {
        return new ProgressReport(mark, step, NOON);
    }

    /** The announcement of a machine of the pool "batch". */
    public static PoolAnnouncement announcement(String secret) {
        MachineFacts facts =
                new MachineFacts("amd64", 16, 64L << 30, 500L << 30, List.of("10.0.3.12", "fd00:3::12"), null);
        return announcement(secret, facts);
    }

    public static PoolAnnouncement announcement(String secret, MachineFacts facts) {
        return new PoolAnnouncement(WORKER_A.node().cluster(), new PoolName("batch"), secret, facts);
    }

    /** The body of an agent's poll. */
    static String poll(UUID instance) {
        return new String(new StrictJson().write(new PollRequest(instance, "0.1.0")), StandardCharsets.UTF_8);
    }

    /** So much news at once, and no more while the clock stands. */
    public static RateLimiter news(int burst) {
        return new RateLimiter(1, burst, () -> 0);
    }

    /** An admission without limits. */
    public static JoinAdmission unlimited() {
        return new JoinAdmission(AdmissionSettings.off(), () -> 0, new SimpleMeterRegistry());
    }

    /** The settings of a gateway on loopback; writes its certificates and keys to the directory. */
    public static GatewaySettings settings(Path directory, TestPki.Credential server, TestPki.Credential agentCa)
            throws IOException {
        return settings(directory, new ListenAddress("127.0.0.1", 0), List.of(), server, agentCa);
    }

    static GatewaySettings settings(
            Path directory,
            ListenAddress listen,
            List<String> proxies,
            TestPki.Credential server,
            TestPki.Credential agentCa)
            throws IOException {
        return new GatewaySettings(
                "test",
                listen,
                TestPki.writeCertificate(directory, "server.crt", server.certificate()),
                TestPki.writeKey(directory, "server.key", server.key()),
                TestPki.writeCertificate(directory, "agent-ca.crt", agentCa.certificate()),
                TestPki.writeKey(directory, "agent-ca.key", agentCa.key()),
                AdmissionSettings.defaults(),
                proxies);
    }

    /** Patient where a TLS handshake on a busy machine takes seconds. */
    static GatewayTimeouts timesOverTheWire() {
        return new GatewayTimeouts(
                Duration.ofSeconds(3),
                Duration.ofSeconds(6),
                Duration.ofSeconds(4),
                Duration.ofSeconds(2),
                Duration.ofMinutes(60),
                Duration.ofSeconds(2),
                Duration.ofSeconds(30),
                Duration.ofMillis(50),
                Duration.ofSeconds(30));
    }
}
