package io.nodejoin.agent;

import io.nodejoin.agent.command.BootstrapSentinel;
import io.nodejoin.agent.command.CollectDiagnostics;
import io.nodejoin.agent.command.CommandExecutor;
import io.nodejoin.agent.command.HostVerification;
import io.nodejoin.agent.command.Preflight;
import io.nodejoin.agent.command.PrepareHost;
import io.nodejoin.agent.command.ResetHost;
import io.nodejoin.agent.command.StartKubelet;
import io.nodejoin.agent.csr.CertificateRequester;
import io.nodejoin.agent.discovery.SealedTokenOpener;
import io.nodejoin.agent.discovery.TokenDiscovery;
import io.nodejoin.agent.discovery.TokenRejectionProbe;
import io.nodejoin.agent.facts.HostProbe;
import io.nodejoin.agent.facts.KubeletBinary;
import io.nodejoin.agent.gateway.AgentIdentity;
import io.nodejoin.agent.gateway.EnrollmentSecret;
import io.nodejoin.agent.gateway.GatewayClient;
import io.nodejoin.agent.gateway.GatewayResponse;
import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.agent.host.RootedHostFiles;
import io.nodejoin.agent.host.Sleeper;
import io.nodejoin.agent.journal.Journal;
import io.nodejoin.agent.key.KubeletKey;
import io.nodejoin.agent.kubelet.KubeletUnit;
import io.nodejoin.agent.log.HostLogFollower;
import io.nodejoin.agent.log.LogDemand;
import io.nodejoin.agent.preflight.HostChecks;
import io.nodejoin.agent.step.StepExecutor;
import io.nodejoin.agent.step.UndoExecutor;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostCommand;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/** An agent of one process, which waits no time. Another object over the same directory is the next process. */
final class AgentHarness implements AutoCloseable {
    static final NodeName NODE = new NodeName("w1");
    /** How long the agent would have waited. */
    final BlockingQueue<Duration> pauses = new LinkedBlockingQueue<>();
    /** How often it has ended its wait for the gateway. */
    final Semaphore rings = new Semaphore(0);
    /** What the agent measures waits by. */
    final AtomicLong nanoTime = new AtomicLong();

    final Journal journal;
    private final Agent agent;

    /** @param state where the agent keeps what outlives it */
    AgentHarness(HostPorts host, GatewayClient gateway, Path state) {
        journal = Journal.open(state.resolve("journal"));
        agent = new Agent(
                () -> Optional.of(NODE),
                gateway,
                commands(host, state),
                journal,
                new HostLogFollower(
                        new LogDemand(nanoTime::get),
                        host.commands(),
                        _ -> new GatewayResponse.Accepted(),
                        pauses::add),
                new Agent.Timing(host.clock(), nanoTime::get, new Random(1), pauses::add, wakeSignal()),
                new CompletionMarker(
                        false,
                        new BootstrapSentinel(host.files()),
                        new RootedHostFiles(state),
                        new EnrollmentSecret(state.resolve("secret"))));
    }

    private CommandExecutor commands(HostPorts host, Path state) {
        KubeletBinary binary = new KubeletBinary(host.commands(), host.files());
        HostProbe probe = new HostProbe(host, binary);
        StepExecutor executor = new StepExecutor(host, journal);
        KubeletUnit unit = new KubeletUnit(host, host.clock(), Sleeper.system());
        TokenRejectionProbe tokenProbe = new TokenRejectionProbe(host.clock(), Sleeper.system());
        AgentIdentity identity = AgentIdentity.load(new RootedHostFiles(state));
        KubeletKey kubeletKey = new KubeletKey(new RootedHostFiles(state));
        Preflight preflight =
                new Preflight(new HostChecks(host, probe, binary, _ -> Optional.empty(), Set.of()), probe);
        PrepareHost prepareHost = new PrepareHost(probe, executor, kubeletKey);
        TokenDiscovery discovery = new TokenDiscovery(host.clock(), Sleeper.system(), new Random(1));
        StartKubelet start = new StartKubelet(
                host,
                binary,
                new SealedTokenOpener(identity.privateKey(), host.clock()),
                new StartKubelet.TokenClients(
                        discovery, new CertificateRequester(host.clock(), Sleeper.system(), new Random(1)), tokenProbe),
                executor,
                unit,
                kubeletKey,
                new HostVerification(preflight, prepareHost));
        return new CommandExecutor(
                preflight,
                prepareHost,
                start,
                new ResetHost(host, journal, new UndoExecutor(host, journal), unit, kubeletKey, tokenProbe),
                new CollectDiagnostics(host, unit),
                discovery,
                new BootstrapSentinel(host.files()));
    }

    private WakeSignal wakeSignal() {
        return new WakeSignal() {
            @Override
            public void await(Duration longest) {
                pauses.add(longest);
            }

            @Override
            public void wake() {
                rings.release();
            }
        };
    }

    static Assignment assignment(String id, long sequence, Instant expiresAt, HostCommand command) {
        return new Assignment(id, JoinId.of("test", "1"), NODE, 1, sequence, expiresAt, command);
    }

    void start() {
        agent.start();
    }

    boolean join() throws InterruptedException {
        return agent.join();
    }

    @Override
    public void close() {
        agent.close();
    }
}
