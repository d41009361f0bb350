package io.nodejoin.agent.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.discovery.TestTls;
import io.nodejoin.agent.gateway.MachineAnnouncer.Answer;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.agent.host.RootedHostFiles;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostLogReport;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.ProgressReport;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.protocol.event.HostProfile;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PoolGatewayClientTest {
    private static final TestTls TLS = new TestTls();
    private static final NodeName W7 = new NodeName("worker-7");
    private static final NodeName W8 = new NodeName("worker-8");
    private static final GatewayResponse REFUSED =
            new GatewayResponse.Rejected(ErrorCode.ENROLLMENT_REFUSED, "no enrollment");
    private static final GatewayResponse NO_COMMAND = new GatewayResponse.Accepted();
    private static final HostResult RESET = new HostResult.HostReset(false, null, List.of());

    private final FakePool pool = new FakePool();
    private final Deque<Step> steps = new ArrayDeque<>();
    private final List<FakeNode> nodes = new ArrayList<>();
    private final AtomicBoolean unchanged = new AtomicBoolean(true);
    private HostFiles state;
    private PoolGatewayClient gateway;

    @BeforeEach
    void start(@TempDir Path directory) {
        state = new RootedHostFiles(directory);
        restart();
    }

    private void restart() {
        gateway = new PoolGatewayClient(pool, this::connect, state, unchanged::get, Instant::now);
    }

    private GatewayClient connect(NodeName node, AgentIdentity identity) {
        FakeNode client = new FakeNode(node, identity);
        nodes.add(client);
        return client;
    }

    private FakeNode last() {
        return nodes.getLast();
    }

    /** What the gateway does with the next poll of a node's agent. */
    private interface Step {
        GatewayResponse answer(AgentIdentity agent);
    }

    private static GatewayResponse enroll(AgentIdentity agent) {
        agent.saveCertificate(Pem.encode(List.of(TLS.issueFor(publicKey(agent)))), "stamp");
        return NO_COMMAND;
    }

    private static GatewayResponse requireEnrollment(AgentIdentity agent) {
        agent.deleteCertificate();
        return new GatewayResponse.Unavailable(ErrorCode.AGENT_IDENTITY_MISMATCH, "enroll again");
    }

    private static Step command(NodeName node, HostCommand command) {
        return _ -> new GatewayResponse.Assigned(
                new Assignment("a-1", JoinId.of("test", "1"), node, 1, 1, Instant.MAX, command));
    }

    private static HostCommand prepare() {
        return new HostCommand.PrepareHost(HostProfile.CONTAINERD, TlsBootstrap.AGENT, null, null);
    }

    private void poll(int times) throws InterruptedException {
        for (int i = 0; i < times; i++) {
            gateway.poll();
        }
    }

    /** The machine is this node, with a certificate. */
    private void become(NodeName node) throws InterruptedException {
        pool.say(new Answer.Assigned(node));
        steps.add(PoolGatewayClientTest::enroll);
        gateway.poll();
    }

    @Test
    void shouldAnnounceTheMachineUntilAJoinTakesIt() throws InterruptedException {
        // given
        pool.say(new Answer.Waits());
        pool.say(new Answer.Waits());
        pool.say(new Answer.Assigned(W7));
        steps.add(PoolGatewayClientTest::enroll);

        // when
        GatewayResponse first = gateway.poll();
        GatewayResponse second = gateway.poll();
        GatewayResponse third = gateway.poll();

        // then
        assertThat(List.of(first, second))
                .containsExactly(new GatewayResponse.NoJoinYet(), new GatewayResponse.NoJoinYet());
        assertThat(third).isEqualTo(NO_COMMAND);
        assertThat(gateway.node()).contains(W7);
        assertThat(nodes).extracting(FakeNode::node).containsExactly(W7);
        assertThat(gateway.privateKey()).isEqualTo(last().identity().privateKey());
    }

    @Test
    void shouldBackOffWhileItsPoolDoesNotAnswer() throws InterruptedException {
        // given
        GatewayResponse busy = new GatewayResponse.Unavailable(ErrorCode.RATE_LIMITED, "busy");
        pool.say(new Answer.Unanswered(busy));

        // when
        GatewayResponse response = gateway.poll();

        // then
        assertThat(response).isEqualTo(busy);
        assertThat(gateway.node()).isEmpty();
    }

    @Test
    void shouldAnnounceAgainAfterARefusedEnrollment() throws InterruptedException {
        // given
        pool.say(new Answer.Assigned(W7));
        steps.add(_ -> REFUSED);
        pool.say(new Answer.Waits());

        // when
        GatewayResponse refused = gateway.poll();
        GatewayResponse next = gateway.poll();

        // then
        assertThat(refused).isEqualTo(REFUSED);
        assertThat(next).isEqualTo(new GatewayResponse.NoJoinYet());
        assertThat(last().closed).isTrue();
    }

    @Test
    void shouldEnrollWithTheSameKeyAfterAnEnrollmentWithoutResponse() throws InterruptedException {
        // given
        pool.say(new Answer.Assigned(W7));
        steps.add(_ -> REFUSED);
        gateway.poll();

        // when
        restart();
        become(W7);

        // then
        assertThat(nodes.getFirst().identity().publicKey())
                .isEqualTo(nodes.getLast().identity().publicKey());
    }

    @Test
    void shouldContinueAsItsNodeAfterARestart() throws InterruptedException {
        // given
        become(W7);
        restart();
        steps.add(_ -> NO_COMMAND);

        // when
        GatewayResponse response = gateway.poll();

        // then
        assertThat(response).isEqualTo(NO_COMMAND);
        assertThat(gateway.node()).contains(W7);
        assertThat(pool.announcements).isEqualTo(1);
    }

    @Test
    void shouldAskItsPoolAfterARestartWithoutACertificate() throws InterruptedException {
        // given
        become(W7);
        unchanged.set(false);
        last().identity().deleteCertificate();
        restart();

        // when
        become(W7);

        // then
        assertThat(pool.announcements).isEqualTo(2);
        assertThat(nodes.getFirst().identity().publicKey())
                .isEqualTo(nodes.getLast().identity().publicKey());
    }

    @Test
    void shouldAskItsPoolIfTheGatewayRequiresANewEnrollment() throws InterruptedException {
        // given
        become(W7);
        unchanged.set(false);
        steps.add(command(W7, prepare()));
        steps.add(PoolGatewayClientTest::requireEnrollment);
        poll(2);

        // when
        become(W7);

        // then
        assertThat(pool.announcements).isEqualTo(2);
        assertThat(nodes).hasSize(2);
    }

    @Test
    void shouldTakeANewKeyForItsNextNodeAfterAReset() throws InterruptedException {
        // given
        become(W7);
        unchanged.set(false);
        steps.add(command(W7, new HostCommand.ResetHost()));
        steps.add(_ -> NO_COMMAND);
        gateway.poll();
        gateway.reportResult("a-1", RESET);
        gateway.poll();
        pool.say(new Answer.Waits());

        // when
        GatewayResponse given = gateway.poll();
        boolean erased = AgentIdentity.loadExisting(state).isEmpty();
        become(W7);

        // then
        assertThat(given).isEqualTo(new GatewayResponse.NoJoinYet());
        assertThat(erased).isTrue();
        assertThat(nodes.getFirst().results).containsExactly(RESET);
        assertThat(nodes.getFirst().closed).isTrue();
        assertThat(nodes.getFirst().identity().publicKey())
                .isNotEqualTo(nodes.getLast().identity().publicKey());
    }

    @Test
    void shouldTakeANewKeyAfterAResetBeforeARestart() throws InterruptedException {
        // given
        become(W7);
        gateway.reportResult("a-1", RESET);
        last().identity().deleteCertificate();
        restart();

        // when
        become(W7);

        // then
        assertThat(nodes.getFirst().identity().publicKey())
                .isNotEqualTo(nodes.getLast().identity().publicKey());
    }

    @Test
    void shouldTakeANewKeyForAnotherNode() throws InterruptedException {
        // given
        become(W7);
        unchanged.set(false);
        last().identity().deleteCertificate();

        // when
        restart();
        become(W8);

        // then
        assertThat(gateway.node()).contains(W8);
        assertThat(nodes.getFirst().identity().publicKey())
                .isNotEqualTo(nodes.getLast().identity().publicKey());
    }

    @Test
    void shouldKeepItsCertificateForTheNextAttemptAfterAReset() throws InterruptedException {
        // given
        become(W7);
        unchanged.set(false);
        steps.add(command(W7, new HostCommand.ResetHost()));
        gateway.poll();
        gateway.reportResult("a-1", RESET);
        steps.add(command(W7, prepare()));
        steps.add(_ -> NO_COMMAND);
        poll(2);
        pool.say(new Answer.Waits());
        steps.add(_ -> NO_COMMAND);

        // when
        GatewayResponse response = gateway.poll();

        // then
        assertThat(response).isEqualTo(NO_COMMAND);
        assertThat(nodes).hasSize(1);
    }

    @Test
    void shouldWaitAgainIfItsJoinEndedBeforeItChangedTheHost() throws InterruptedException {
        // given
        become(W7);
        steps.add(_ -> NO_COMMAND);
        gateway.poll();
        pool.say(new Answer.Waits());

        // when
        GatewayResponse response = gateway.poll();

        // then
        assertThat(response).isEqualTo(new GatewayResponse.NoJoinYet());
        assertThat(gateway.node()).isEmpty();
        assertThat(new AssignedNode(state).node()).isEmpty();
    }

    @Test
    void shouldAskItsPoolMoreRarelyWhileItSaysTheSame() throws InterruptedException {
        // given
        become(W7);
        for (int i = 0; i < 200; i++) {
            pool.say(new Answer.Assigned(W7));
            steps.add(_ -> NO_COMMAND);
        }

        // when
        poll(200);

        // then
        assertThat(pool.announcements).isEqualTo(11);
        assertThat(nodes).hasSize(1);
    }

    @Test
    void shouldNotAskItsPoolOnceItsNodeHasJoined() throws InterruptedException {
        // given
        become(W7);
        unchanged.set(false);
        steps.add(command(W7, prepare()));
        for (int i = 0; i < 20; i++) {
            steps.add(_ -> new GatewayResponse.Joined());
            steps.add(_ -> NO_COMMAND);
        }

        // when
        poll(40);

        // then
        assertThat(pool.announcements).isEqualTo(1);
    }

    @Test
    void shouldPollAsItsNodeWhileItsPoolDoesNotAnswer() throws InterruptedException {
        // given
        become(W7);
        steps.add(_ -> NO_COMMAND);
        gateway.poll();
        pool.say(new Answer.Unanswered(new GatewayResponse.Unavailable(ErrorCode.GATEWAY_UNAVAILABLE, "away")));
        steps.add(command(W7, prepare()));

        // when
        GatewayResponse response = gateway.poll();

        // then
        assertThat(response).isInstanceOf(GatewayResponse.Assigned.class);
    }

    @Test
    void shouldDropTheReportsOfAJoinThatIsOver() throws InterruptedException {
        // given
        become(W7);
        steps.add(_ -> NO_COMMAND);
        gateway.poll();
        pool.say(new Answer.Waits());
        gateway.poll();

        // when
        GatewayResponse response = gateway.reportResult("a-1", RESET);

        // then
        assertThat(response).isInstanceOf(GatewayResponse.Rejected.class);
        assertThat(last().results).isEmpty();
    }

    @Test
    void shouldKeepAReportUntilTheAgentHasACertificateAgain() throws InterruptedException {
        // given
        become(W7);
        last().identity().deleteCertificate();

        // when
        GatewayResponse early = gateway.reportResult("a-1", RESET);
        last().identity().saveCertificate(Pem.encode(List.of(TLS.issueFor(publicKey(last().identity())))));
        GatewayResponse later = gateway.reportResult("a-1", RESET);

        // then
        assertThat(early).isInstanceOf(GatewayResponse.Unavailable.class);
        assertThat(later).isEqualTo(NO_COMMAND);
        assertThat(last().results).containsExactly(RESET);
    }

    @Test
    void shouldHaveNoKeyWhileTheMachineWaits() {
        // then
        assertThatThrownBy(gateway::privateKey).isInstanceOf(HostException.class);
    }

    @Test
    void shouldCloseItsConnections() throws InterruptedException {
        // given
        become(W7);

        // when
        gateway.close();

        // then
        assertThat(pool.closed).isTrue();
        assertThat(last().closed).isTrue();
    }

    private static PublicKey publicKey(AgentIdentity agent) {
        try {
            return KeyFactory.getInstance("EC")
                    .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(agent.publicKey())));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Says what it is given. */
    private static final class FakePool implements MachineAnnouncer {
        private final Deque<Answer> answers = new ArrayDeque<>();
        private int announcements;
        private boolean closed;

        void say(Answer answer) {
            answers.add(answer);
        }

        @Override
        public Answer announce() {
            announcements++;
            return answers.remove();
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** The gateway as the agent of one node sees it. */
    private final class FakeNode implements GatewayClient {
        private final NodeName node;
        private final AgentIdentity identity;
        private final List<HostResult> results = new ArrayList<>();
        private boolean closed;

        FakeNode(NodeName node, AgentIdentity identity) {
            this.node = node;
            this.identity = identity;
        }

        NodeName node() {
            return node;
        }

        AgentIdentity identity() {
            return identity;
        }

        @Override
        public GatewayResponse poll() {
            return steps.remove().answer(identity);
        }

        @Override
        public GatewayResponse reportProgress(String assignment, ProgressReport progress) {
            return NO_COMMAND;
        }

        @Override
        public GatewayResponse reportResult(String assignment, HostResult result) {
            results.add(result);
            return NO_COMMAND;
        }

        @Override
        public GatewayResponse reportLog(HostLogReport report) {
            return NO_COMMAND;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
