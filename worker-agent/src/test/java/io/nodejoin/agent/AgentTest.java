package io.nodejoin.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.agent.command.CollectDiagnostics;
import io.nodejoin.agent.command.Commands;
import io.nodejoin.agent.command.Preflight;
import io.nodejoin.agent.command.PrepareHost;
import io.nodejoin.agent.command.ResetHost;
import io.nodejoin.agent.command.StartKubelet;
import io.nodejoin.agent.discovery.ClusterDiscovery;
import io.nodejoin.agent.discovery.SealedTokenOpener;
import io.nodejoin.agent.discovery.TokenProbe;
import io.nodejoin.agent.facts.HostProbe;
import io.nodejoin.agent.facts.KubeletBinary;
import io.nodejoin.agent.gateway.AgentIdentity;
import io.nodejoin.agent.gateway.Gateway;
import io.nodejoin.agent.gateway.GatewayAnswer;
import io.nodejoin.agent.host.Backoff;
import io.nodejoin.agent.host.HostParts;
import io.nodejoin.agent.host.Pause;
import io.nodejoin.agent.host.RootedHostFiles;
import io.nodejoin.agent.host.TemporaryHost;
import io.nodejoin.agent.journal.Journal;
import io.nodejoin.agent.kubelet.KubeletUnit;
import io.nodejoin.agent.preflight.HostChecks;
import io.nodejoin.agent.step.StepExecutor;
import io.nodejoin.agent.step.UndoExecutor;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.Progress;
import io.nodejoin.protocol.join.HostProfile;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentTest {
    private static final Instant LATER = Instant.parse("2100-01-01T00:00:00Z");
    private static final Instant PAST = Instant.parse("2020-01-01T00:00:00Z");
    private static final HostCommand PREPARE = new HostCommand.PrepareHost(HostProfile.CONTAINERD, null, null);

    @TempDir
    Path root;

    @TempDir
    Path state;

    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);

    private final AtomicLong nanoTime = new AtomicLong();
    private final BlockingQueue<Duration> pauses = new LinkedBlockingQueue<>();
    private final ScriptedGateway gateway = new ScriptedGateway();
    private Journal journal;
    private Agent agent;

    @BeforeEach
    void startAgent() {
        HostParts host = new TemporaryHost(root).parts();
        journal = Journal.open(state.resolve("journal"));
        agent = new Agent(
                new NodeName("w1"),
                gateway,
                commands(host, journal),
                journal,
                new Agent.Times(
                        host.clock(),
                        nanoTime::get,
                        new Backoff(new Random(1), FIRST_WAIT, Duration.ofSeconds(30)),
                        pauses::add),
                new Farewell(false, host.files(), new RootedHostFiles(state), secret()));
        agent.start();
    }

    @AfterEach
    void stopAgent() {
        agent.close();
    }

    private Commands commands(HostParts host, Journal journal) {
        KubeletBinary binary = new KubeletBinary(host.commands(), host.files());
        HostProbe probe = new HostProbe(host, binary);
        StepExecutor executor = new StepExecutor(host, journal);
        KubeletUnit unit = new KubeletUnit(host, host.clock(), Pause.real());
        TokenProbe tokens = new TokenProbe(host.clock(), Pause.real());
        AgentIdentity identity = AgentIdentity.load(new RootedHostFiles(state));
        StartKubelet start = new StartKubelet(
                host,
                binary,
                new SealedTokenOpener(identity.privateKey(), host.clock()),
                new ClusterDiscovery(host.clock(), Pause.real(), new Random(1)),
                executor,
                unit,
                tokens);
        return new Commands(
                new Preflight(new HostChecks(host, probe, binary, _ -> Optional.empty(), Set.of()), probe),
                new PrepareHost(probe, executor),
                start,
                new ResetHost(host, journal, new UndoExecutor(host, journal), unit, tokens),
                new CollectDiagnostics(host, unit));
    }

    private static Assignment assignment(String id, String node, long sequence, Instant expiresAt) {
        return new Assignment(id, JoinId.of("test", "1"), new NodeName(node), 1, sequence, expiresAt, PREPARE);
    }

    private HostResult answerTo(Assignment assignment) throws InterruptedException {
        gateway.answers.add(new GatewayAnswer.Assigned(assignment));
        return Objects.requireNonNull(gateway.results.poll(30, TimeUnit.SECONDS), "no result came");
    }

    private static void assertRefused(HostResult result, ErrorCode code) {
        assertThat(result)
                .isInstanceOfSatisfying(
                        HostResult.HostFailed.class,
                        failed -> assertThat(failed.problem().code()).isEqualTo(code));
    }

    @Test
    void shouldAnswerRepeatedAssignmentFromItsJournal() throws InterruptedException {
        // given
        HostResult first = answerTo(assignment("a", "w1", 1, LATER));

        // when
        HostResult second = answerTo(assignment("a", "w1", 1, LATER));

        // then
        assertThat(first).isInstanceOf(HostResult.HostPrepared.class).isEqualTo(second);
    }

    @Test
    void shouldRefuseAssignmentOfAnotherNode() throws InterruptedException {
        // when
        HostResult result = answerTo(assignment("a", "w2", 1, LATER));

        // then
        assertRefused(result, ErrorCode.AGENT_IDENTITY_MISMATCH);
    }

    @Test
    void shouldRefuseExpiredAssignment() throws InterruptedException {
        // when
        HostResult result = answerTo(assignment("a", "w1", 1, PAST));

        // then
        assertRefused(result, ErrorCode.COMMAND_STALE);
    }

    @Test
    void shouldRefuseAssignmentOlderThanTheNewestSeen() throws InterruptedException {
        // given
        answerTo(assignment("a", "w1", 5, LATER));

        // when
        HostResult result = answerTo(assignment("b", "w1", 4, LATER));

        // then
        assertRefused(result, ErrorCode.COMMAND_STALE);
    }

    @Test
    void shouldRefuseWhatItDoesNotUnderstand() throws InterruptedException {
        // given
        gateway.answers.add(new GatewayAnswer.NotUnderstood("a", "verb EXEC"));

        // when
        HostResult result = Objects.requireNonNull(gateway.results.poll(30, TimeUnit.SECONDS));

        // then
        assertRefused(result, ErrorCode.COMMAND_UNKNOWN);
    }

    @Test
    void shouldRefuseWhatItCannotNoteDownAndGoOnAsking() throws InterruptedException {
        // given a journal that takes nothing any more
        journal.close();

        // when
        HostResult first = answerTo(assignment("a", "w1", 1, LATER));
        HostResult second = answerTo(assignment("b", "w1", 2, LATER));

        // then
        assertRefused(first, ErrorCode.HOST_DISK_FULL);
        assertRefused(second, ErrorCode.HOST_DISK_FULL);
        assertThat(root.resolve("etc/kubernetes")).doesNotExist();
    }

    @Test
    void shouldEndOnceItsJoinHasSucceeded() throws InterruptedException {
        // given
        gateway.answers.add(new GatewayAnswer.Joined());

        // when
        agent.join();

        // then
        assertThat(root.resolve("run/cluster-api/bootstrap-success.complete")).hasContent("success");
    }

    @Test
    void shouldAskMoreAndMoreSeldomWhereNoGatewayIs() throws InterruptedException {
        // when
        List<Duration> waits = waitsAfterQuestionsOf(Duration.ofMillis(5));

        // then
        assertThat(waits.getLast()).isGreaterThan(FIRST_WAIT.multipliedBy(10));
    }

    @Test
    void shouldAskSoonAgainWhereGatewaysDieThatHaveItsQuestion() throws InterruptedException {
        // when
        List<Duration> waits = waitsAfterQuestionsOf(Duration.ofSeconds(7));

        // then
        assertThat(waits).allSatisfy(wait -> assertThat(wait).isLessThanOrEqualTo(FIRST_WAIT));
    }

    private List<Duration> waitsAfterQuestionsOf(Duration length) throws InterruptedException {
        List<Duration> waits = new ArrayList<>();
        for (int question = 0; question < 6; question++) {
            gateway.lengths.add(length);
            gateway.answers.add(new GatewayAnswer.Unavailable(ErrorCode.AGENT_UNREACHABLE, "connection reset"));
            waits.add(Objects.requireNonNull(pauses.poll(30, TimeUnit.SECONDS), "the agent asked again at once"));
        }
        return waits;
    }

    private Path secret() {
        return state.resolve("secret");
    }

    /** Hands out what it is given, and keeps what it is told. */
    private final class ScriptedGateway implements Gateway {
        private final BlockingQueue<Duration> lengths = new LinkedBlockingQueue<>();
        private final BlockingQueue<GatewayAnswer> answers = new LinkedBlockingQueue<>();
        private final BlockingQueue<HostResult> results = new LinkedBlockingQueue<>();

        @Override
        public GatewayAnswer next() throws InterruptedException {
            GatewayAnswer answer = answers.take();
            Duration length = lengths.poll();
            nanoTime.addAndGet(length == null ? 0 : length.toNanos());
            return answer;
        }

        @Override
        public GatewayAnswer progress(String assignment, Progress progress) {
            return new GatewayAnswer.Accepted();
        }

        @Override
        public GatewayAnswer result(String assignment, HostResult result) {
            results.add(result);
            return new GatewayAnswer.Accepted();
        }

        @Override
        public void close() {}
    }
}
