package io.nodejoin.testbed;

import io.nodejoin.testbed.config.AddressPlan;
import io.nodejoin.testbed.config.BedDirectories;
import io.nodejoin.testbed.config.BedMode;
import io.nodejoin.testbed.config.BedNumbers;
import io.nodejoin.testbed.config.BedSettings;
import io.nodejoin.testbed.controlplane.ControlPlane;
import io.nodejoin.testbed.controlplane.KubeProxy;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.host.HostSpec;
import io.nodejoin.testbed.host.Hosts;
import io.nodejoin.testbed.host.InotifyLimit;
import io.nodejoin.testbed.kafka.KafkaBroker;
import io.nodejoin.testbed.kubeadm.KubeadmJoin;
import io.nodejoin.testbed.links.Links;
import io.nodejoin.testbed.mount.OwnedDirectory;
import io.nodejoin.testbed.net.BedNetwork;
import io.nodejoin.testbed.pki.BedPki;
import io.nodejoin.testbed.process.InterProcessLock;
import io.nodejoin.testbed.process.Parallel;
import io.nodejoin.testbed.process.SupervisedProcess;
import io.nodejoin.testbed.provision.AgentPackage;
import io.nodejoin.testbed.provision.JarSnapshot;
import io.nodejoin.testbed.provision.Progress;
import io.nodejoin.testbed.provision.Provisioner;
import io.nodejoin.testbed.provision.SourceTree;
import io.nodejoin.testbed.service.NodejoinService;
import io.nodejoin.testbed.service.ServiceSettings;
import io.nodejoin.testbed.temporal.TemporalServer;
import io.nodejoin.workflows.csr.ApprovalMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One bed: a real Kubernetes control plane, hosts, Temporal, Kafka and, if wanted, the Nodejoin service, all on this machine.
 *
 * <p>A bed outlives the program that raised it and is found again by its name. {@link #up} and {@link #down} may be called
 * at any time, also on what an aborted program left; they touch only what the bed's own state files name. One instance may
 * be used by many threads; a program opens a bed once.
 */
public final class TestBed {
    private final BedSettings settings;
    private final BedDirectories directories;
    private final AddressPlan plan;
    private final Provisioner provisioner;
    private final Progress progress = Progress.onStandardError();
    private final InterProcessLock lock;
    private final BedPki pki;
    private final ControlPlane controlPlane;
    private final KubeProxy kubeProxy;
    private final KafkaBroker kafka;
    private final TemporalServer temporal;
    private final NodejoinService service;
    private final Links links;
    private final AgentPackage agentPackage;
    private final Hosts hosts;
    private final InotifyLimit inotify;
    private final BedNumbers numbers = BedNumbers.ofThisMachine();

    private TestBed(BedSettings settings, BedDirectories directories, SourceTree sourceTree, Provisioner provisioner) {
        JarSnapshot jars = new JarSnapshot(sourceTree, directories.root());
        this.settings = settings;
        this.directories = directories;
        this.plan = new AddressPlan(settings);
        this.provisioner = provisioner;
        this.lock = new InterProcessLock(directories.lock());
        this.pki = new BedPki(directories, plan, Clock.systemUTC(), new SecureRandom());
        this.controlPlane = new ControlPlane(plan, directories, pki, provisioner);
        this.kubeProxy = new KubeProxy(directories, sourceTree, controlPlane);
        this.kafka = new KafkaBroker(plan, directories, jars);
        this.temporal = new TemporalServer(plan, directories, provisioner);
        this.service = new NodejoinService(plan, directories, jars);
        this.links = new Links(plan, directories, provisioner);
        this.agentPackage = new AgentPackage(sourceTree, directories.root());
        this.hosts = new Hosts(plan, directories, provisioner, agentPackage);
        this.inotify = new InotifyLimit(directories.parent());
    }

    /** The bed with these settings, in the user's state directory. Nothing is started. */
    public static TestBed open(BedSettings settings) {
        Map<String, String> environment = System.getenv();
        SourceTree sourceTree = SourceTree.locate();
        return new TestBed(
                settings,
                new BedDirectories(BedDirectories.userParent(environment), settings.name()),
                sourceTree,
                provisioner(sourceTree));
    }

    /** The settings of the bed of this name if one was raised and not taken down. */
    public static Optional<BedSettings> findSettings(String name) {
        return new BedDirectories(BedDirectories.userParent(System.getenv()), name).raised();
    }

    /** Why a bed with hosts cannot run on this machine, with what would help, or empty if it can. */
    public static Optional<String> unavailableReason() {
        return unavailableReason(BedMode.NAMESPACES);
    }

    /** Why a bed of this mode cannot run on this machine, with what would help, or empty if it can. */
    public static Optional<String> unavailableReason(BedMode mode) {
        List<String> obstacles = provisioner(SourceTree.locate()).unmetPrerequisites(mode);
        return obstacles.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", obstacles));
    }

    /** Raises everything but the service. Repeating it repairs what does not run. */
    public void up() {
        boolean isNew = lock.withExclusiveLock(this::register);
        try {
            provisioner.prepare(settings.mode());
        } catch (RuntimeException unprepared) {
            if (isNew) {
                lock.withExclusiveLock(this::forget);
            }
            throw unprepared;
        }
        lock.withExclusiveLock(() -> {
            register();
            startParts();
            return settings;
        });
    }

    /** Raises everything, prepares the cluster for Nodejoin and starts its service. */
    public void upWithService() {
        up();
        lock.withExclusiveLock(() -> {
            service.prepare(
                    settings.clusterApproves()
                            ? ServiceSettings.approving(ApprovalMode.CLUSTER)
                            : ServiceSettings.standard());
            return timedStart("Nodejoin service", service::startOptimized).get();
        });
    }

    /**
     * Ends and deletes everything that belongs to the bed, whatever settings it was raised with: processes, hosts, mounts,
     * namespaces, files.
     */
    public void down() {
        findSettings(settings.name())
                .filter(raised -> !raised.equals(settings))
                .ifPresent(raised -> open(raised).down());
        lock.withExclusiveLock(() -> {
            stopParts();
            return settings;
        });
    }

    /** Boots a new host. Many may be added at the same time. */
    public Host addHost(HostSpec spec) {
        if (!plan.inNamespaces()) {
            throw new IllegalStateException("bed " + settings.name()
                    + " runs without namespaces and has no hosts: take it down and raise it as root");
        }
        if (!controlPlane.apiServer().isRunning()) {
            throw new IllegalStateException("bed " + settings.name() + " is not up");
        }
        return lock.withSharedLock(() -> hosts.add(spec));
    }

    /** Ends and deletes a host; harmless if there is none of this name. The Node object in the cluster stays. */
    public void removeHost(String name) {
        lock.withSharedLock(() -> {
            hosts.remove(name);
            return name;
        });
    }

    /** Ends and deletes all hosts. Their Node objects in the cluster stay. */
    public void removeHosts() {
        lock.withSharedLock(() -> {
            hosts.removeAll();
            return settings;
        });
    }

    /** Joins a host, that must have been added before, by kubeadm instead of Nodejoin; returns the time to Ready. */
    public Duration joinByKubeadm(Host host) {
        return new KubeadmJoin(plan, directories, controlPlane, new SecureRandom()).join(host);
    }

    public Optional<Host> host(String name) {
        return hosts.find(name);
    }

    public List<Host> hosts() {
        return hosts.all();
    }

    /** Pulls a host's network cable, or puts it back. */
    public void setHostConnected(Host host, boolean connected) {
        new BedNetwork(plan).setHostConnected(host.number(), connected);
    }

    public ControlPlane controlPlane() {
        return controlPlane;
    }

    public KubeProxy kubeProxy() {
        return kubeProxy;
    }

    public Provisioner provisioner() {
        return provisioner;
    }

    public AgentPackage agentPackage() {
        return agentPackage;
    }

    public TemporalServer temporal() {
        return temporal;
    }

    public KafkaBroker kafka() {
        return kafka;
    }

    public NodejoinService service() {
        return service;
    }

    /** The links between the service and what it needs; nobody goes over them unless told to. */
    public Links links() {
        return links;
    }

    public BedSettings settings() {
        return settings;
    }

    public AddressPlan plan() {
        return plan;
    }

    public BedDirectories directories() {
        return directories;
    }

    /** The processes of the bed but its hosts and links, running or not. */
    public List<SupervisedProcess> processes() {
        List<SupervisedProcess> processes = new ArrayList<>(controlPlane.processes());
        processes.addAll(List.of(kafka.process(), temporal.process(), service.process()));
        return processes;
    }

    /** For a person who asks why something failed: which of its processes run, and what each has said last. */
    public String diagnostics() {
        return processes().stream()
                .map(process -> process.name() + (process.isRunning() ? " runs." : " does not run.")
                        + process.lastLines() + "\n")
                .collect(Collectors.joining());
    }

    /** What programs and people need to know to use the bed, by the names of environment variables. */
    public Map<String, String> environment() {
        return new BedEnvironment(settings, plan, directories).variables();
    }

    /** Takes the number and writes down that there is a bed; returns whether there was none. */
    private boolean register() {
        numbers.obstacle(settings, directories).ifPresent(obstacle -> {
            throw new IllegalStateException(obstacle);
        });
        Optional<BedSettings> raised = directories.raised();
        raised.ifPresent(settings::requireSameAs);
        try {
            Files.createDirectories(directories.root());
            numbers.claim(settings, directories);
            Files.writeString(directories.settings(), settings.text());
        } catch (IOException cannotWrite) {
            throw new UncheckedIOException("cannot write " + directories.settings(), cannotWrite);
        }
        return raised.isEmpty();
    }

    private BedSettings forget() {
        new OwnedDirectory(directories.root()).delete();
        numbers.release(settings, directories);
        return settings;
    }

    private void startParts() {
        if (plan.inNamespaces()) {
            inotify.acquire(settings.name());
        }
        pki.ensure();
        Parallel.run(List.<Supplier<String>>of(
                timedStart("control plane", controlPlane::start),
                timedStart("Kafka", kafka::start),
                timedStart("Temporal", temporal::start)));
        if (settings.kubeProxy() && plan.inNamespaces()) {
            kubeProxy.deploy(KubeProxy.Mode.NFTABLES);
        }
        hosts.restore();
    }

    /** Nothing is stopped in order: what would be saved is deleted right after. */
    private void stopParts() {
        hosts.removeAll();
        Parallel.run(Stream.concat(processes().stream(), Stream.of(links.process()))
                .map(process -> named(process.name(), process::kill))
                .toList());
        if (plan.inNamespaces() && !numbers.isForeign(settings, directories)) {
            new BedNetwork(plan).tearDown();
            inotify.release(settings.name());
        }
        forget();
    }

    private Supplier<String> timedStart(String what, Runnable action) {
        return () -> {
            long begin = System.nanoTime();
            action.run();
            progress.print("%s: up after %.1f s".formatted(what, (System.nanoTime() - begin) / 1_000_000_000.0));
            return what;
        };
    }

    private static Supplier<String> named(String what, Runnable action) {
        return () -> {
            action.run();
            return what;
        };
    }

    private static Provisioner provisioner(SourceTree sourceTree) {
        Map<String, String> environment = System.getenv();
        return new Provisioner(
                sourceTree, BedDirectories.userCache(environment), Progress.onStandardError(), environment);
    }
}
