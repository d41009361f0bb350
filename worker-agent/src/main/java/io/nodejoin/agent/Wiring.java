package io.nodejoin.agent;

import io.nodejoin.agent.command.BootstrapSentinel;
import io.nodejoin.agent.command.CollectDiagnostics;
import io.nodejoin.agent.command.CommandExecutor;
import io.nodejoin.agent.command.EarlyPreparer;
import io.nodejoin.agent.command.HostVerification;
import io.nodejoin.agent.command.Preflight;
import io.nodejoin.agent.command.PrepareHost;
import io.nodejoin.agent.command.ResetHost;
import io.nodejoin.agent.command.StartKubelet;
import io.nodejoin.agent.csr.CertificateRequester;
import io.nodejoin.agent.discovery.AnonymousClient;
import io.nodejoin.agent.discovery.SealedTokenOpener;
import io.nodejoin.agent.discovery.TokenDiscovery;
import io.nodejoin.agent.discovery.TokenRejectionProbe;
import io.nodejoin.agent.facts.HostProbe;
import io.nodejoin.agent.facts.KubeletBinary;
import io.nodejoin.agent.gateway.AgentIdentity;
import io.nodejoin.agent.gateway.GatewayClock;
import io.nodejoin.agent.gateway.RejoinClient;
import io.nodejoin.agent.host.CommandRunner;
import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.agent.host.ProcessCommandRunner;
import io.nodejoin.agent.host.RootedHostFiles;
import io.nodejoin.agent.host.Sleeper;
import io.nodejoin.agent.host.SocketHostNetwork;
import io.nodejoin.agent.host.SystemctlSystemd;
import io.nodejoin.agent.journal.Journal;
import io.nodejoin.agent.key.KubeletKey;
import io.nodejoin.agent.kubelet.KubeletUnit;
import io.nodejoin.agent.log.HostLogFollower;
import io.nodejoin.agent.log.LogDemand;
import io.nodejoin.agent.preflight.HostChecks;
import io.nodejoin.agent.step.StepExecutor;
import io.nodejoin.agent.step.UndoExecutor;
import io.nodejoin.protocol.agent.PollRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Constructs an agent from its configuration and the ports of its host. Starts nothing. */
public final class Wiring {
    private final AgentConfig config;
    private final HostPorts host;
    private final GatewayClock time;
    private final GatewayWiring gateway;
    private final Sleeper sleeper = Sleeper.system();
    private final RandomGenerator random = new SecureRandom();
    private final KubeletBinary binary;
    private final HostProbe probe;
    private final HostChecks checks;
    private final AnonymousClient anonymous = new AnonymousClient();
    private final TokenDiscovery discovery;

    public Wiring(AgentConfig config, HostPorts host) {
        this.config = config;
        this.host = host;
        this.time = new GatewayClock(host.clock(), System::nanoTime);
        this.gateway = new GatewayWiring(config, host, time, random);
        this.binary = new KubeletBinary(host.commands(), host.files());
        this.probe = new HostProbe(host, binary);
        this.checks = checks(host, probe, binary, anonymous, config.ignoredChecks());
        this.discovery = new TokenDiscovery(time, sleeper, random);
    }

    /** Returns the ports of the machine that this process runs on. */
    public static HostPorts thisHost() {
        CommandRunner commands = new ProcessCommandRunner();
        HostFiles files = new RootedHostFiles(Path.of("/"));
        return new HostPorts(
                commands,
                files,
                new SystemctlSystemd(commands, files),
                new SocketHostNetwork(files, new AnonymousClient()::status),
                Clock.systemUTC());
    }

    /** Returns the checks of a host, for one run. */
    static HostChecks checks(HostPorts host, List<String> ignored) {
        KubeletBinary binary = new KubeletBinary(host.commands(), host.files());
        return checks(host, new HostProbe(host, binary), binary, new AnonymousClient(), ignored);
    }

    private static HostChecks checks(
            HostPorts host, HostProbe probe, KubeletBinary binary, AnonymousClient anonymous, List<String> ignored) {
        return new HostChecks(host, probe, binary, anonymous::serverTime, Set.copyOf(ignored));
    }

    /** Creates an agent with its journal open, not yet started. Creates the state directory if it is missing. */
    public Agent agent() {
        HostFiles state = state();
        Journal journal = Journal.open(config.stateDirectory().resolve("journal.jsonl"));
        PollRequest poll = new PollRequest(UUID.randomUUID(), VersionCommand.version());
        StepExecutor executor = new StepExecutor(host, journal);
        KubeletKey kubeletKey = new KubeletKey(state());
        Preflight preflight = new Preflight(checks, probe);
        PrepareHost prepareHost = new PrepareHost(probe, executor, kubeletKey);
        EarlyPreparer early =
                new EarlyPreparer(config.earlyPreparation().orElse(null), preflight, prepareHost, journal);
        LogDemand logDemand = new LogDemand(System::nanoTime);
        GatewayWiring.Link link = gateway.link(
                state, probe, journal, new GatewayWiring.Callbacks(poll, early::prepare, logDemand::request));
        return new Agent(
                link.node(),
                link.client(),
                commands(link.key(), journal, executor, kubeletKey, preflight, prepareHost),
                journal,
                new HostLogFollower(logDemand, host.commands(), link.client()::reportLog, sleeper),
                new Agent.Timing(time, System::nanoTime, random, sleeper, WakeSignal.create()),
                completionMarker());
    }

    /** Returns the check of the kubelet's certificate; empty if no agent has ever run on this machine. */
    public Optional<CertificateExpiryCheck> certificateExpiryCheck() {
        HostFiles state = state();
        return gateway.endpoint(state)
                .flatMap(endpoint ->
                        AgentIdentity.loadExisting(state).map(identity -> new RejoinClient(endpoint, identity)))
                .map(rejoin -> new CertificateExpiryCheck(
                        new KubeletUnit(host, time, sleeper)::heldCertificate,
                        rejoin::requestRejoin,
                        state,
                        host.systemd(),
                        host.clock(),
                        random));
    }

    /** Returns the agent's persistent files; creates their directory, accessible to its owner only, if it is missing. */
    private HostFiles state() {
        Path directory = config.stateDirectory();
        try {
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            return new RootedHostFiles(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("stateDirectory " + directory + " cannot be created", e);
        }
    }

    /** Returns the marker that the agent writes after its join. */
    CompletionMarker completionMarker() {
        return new CompletionMarker(config.resident(), new BootstrapSentinel(host.files()), state(), gateway.secret());
    }

    /** Returns the warm-up, to be run concurrently with the agent's first wait. Call it before the agent starts, which may replace its key. */
    WarmUp warmUp() {
        return new WarmUp(host, probe, checks, gateway.server(), AgentIdentity.load(state()), this::connectEarly);
    }

    private void connectEarly() throws InterruptedException {
        if (config.apiServer() != null) {
            discovery.connectEarly(config.apiServer());
            anonymous.serverTime(config.apiServer());
        }
    }

    private CommandExecutor commands(
            Supplier<PrivateKey> agentKey,
            Journal journal,
            StepExecutor executor,
            KubeletKey kubeletKey,
            Preflight preflight,
            PrepareHost prepareHost) {
        KubeletUnit unit = new KubeletUnit(host, time, sleeper);
        TokenRejectionProbe tokenProbe = new TokenRejectionProbe(time, sleeper);
        StartKubelet startKubelet = new StartKubelet(
                host,
                binary,
                new SealedTokenOpener(agentKey, time),
                new StartKubelet.TokenClients(discovery, new CertificateRequester(time, sleeper, random), tokenProbe),
                executor,
                unit,
                kubeletKey,
                new HostVerification(preflight, prepareHost));
        return new CommandExecutor(
                preflight,
                prepareHost,
                startKubelet,
                new ResetHost(host, journal, new UndoExecutor(host, journal), unit, kubeletKey, tokenProbe),
                new CollectDiagnostics(host, unit),
                discovery,
                new BootstrapSentinel(host.files()));
    }
}
