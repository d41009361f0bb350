package io.nodejoin.testbed.provision;

import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.testbed.config.BedMode;
import io.nodejoin.testbed.preflight.Durations;
import io.nodejoin.testbed.preflight.Machine;
import io.nodejoin.testbed.preflight.SuppliedPrograms;
import io.nodejoin.testbed.preflight.Tools;
import io.nodejoin.testbed.process.Parallel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * What a bed is started from. The first call of each method may take minutes on a machine that has never run a bed, and
 * says so; afterwards it is a look into the cache.
 */
public final class Provisioner {
    private final Machine machine;
    private final Tools tools;
    private final Lazy<Path> kubernetes;
    private final Lazy<Path> temporal;
    private final Lazy<Path> toxiproxy;
    private final Lazy<Path> kubeProxyImage;
    private final Map<RootFileSystem.Variant, Lazy<Path>> rootFileSystems = new HashMap<>();
    private final Lazy<Path> nodeExporter;
    private final Progress progress;
    private final Durations durations;

    /**
     * @param cache the user's cache directory for Nodejoin
     * @param environment NODEJOIN_DEBIAN_MIRROR replaces debootstrap's choice, NODEJOIN_BINARIES has programs that need not be
     *     built
     */
    public Provisioner(SourceTree sourceTree, Path cache, Progress progress, Map<String, String> environment) {
        Cache entries = new Cache(cache, progress);
        this.durations = entries.durations();
        this.machine = new Machine(sourceTree.root(), environment);
        this.tools = Tools.of(environment);
        GoBuild go = new GoBuild(sourceTree, entries, progress);
        SuppliedPrograms supplied = SuppliedPrograms.of(sourceTree.root(), environment);
        Assembly assembly = new Assembly(go, supplied, entries);
        this.kubernetes = new Lazy<>(assembly::kubernetes);
        this.temporal = new Lazy<>(
                () -> supplied.temporal().orElseGet(() -> go.temporal().resolve("temporal")));
        this.toxiproxy = new Lazy<>(go::toxiproxy);
        RootFileSystem debian =
                new RootFileSystem(entries, progress, environment.getOrDefault("NODEJOIN_DEBIAN_MIRROR", ""));
        for (RootFileSystem.Variant kind : RootFileSystem.Variant.all()) {
            rootFileSystems.put(kind, new Lazy<>(() -> debian.build(kind)));
        }
        this.kubeProxyImage = new Lazy<>(() -> new KubeProxyImage(entries, progress)
                .build(kubernetes(), rootFileSystem(HostProfile.CONTAINERD, DebianRelease.TRIXIE)));
        this.nodeExporter = new Lazy<>(() -> new NodeExporter(entries, progress).program());
        this.progress = progress;
    }

    /** The reasons why a bed of this mode cannot run on this machine, each with what would help; empty if it can. */
    public List<String> unmetPrerequisites(BedMode mode) {
        return machine.obstacles(mode);
    }

    /** Makes sure of packages, executables and the containerd hosts' files, in parallel. */
    public void prepare(BedMode mode) {
        List<String> obstacles = unmetPrerequisites(mode);
        if (!obstacles.isEmpty()) {
            throw new IllegalStateException(String.join("; ", obstacles));
        }
        List<Supplier<Path>> parts = new ArrayList<>(List.of(this::kubernetes, this::temporal));
        if (mode == BedMode.NAMESPACES) {
            new HostPrerequisites(tools, progress).ensure();
            parts.add(() -> rootFileSystem(HostProfile.CONTAINERD, DebianRelease.TRIXIE));
        }
        Parallel.run(parts);
    }

    /** Makes sure of everything that any bed of this mode may want, in parallel. */
    public void prepareAll(BedMode mode) {
        prepare(mode);
        List<Supplier<Path>> parts = new ArrayList<>(List.of(this::toxiproxy));
        if (mode == BedMode.NAMESPACES) {
            parts.add(this::kubeProxyImage);
        }
        Parallel.run(parts);
    }

    /** How long things took on this machine. */
    public Durations durations() {
        return durations;
    }

    /** The directory with one executable per Kubernetes component, and pause.tar. */
    public Path kubernetes() {
        return kubernetes.get();
    }

    /** The Temporal executable, client and server. */
    public Path temporal() {
        return temporal.get();
    }

    /** The Toxiproxy executable. */
    public Path toxiproxy() {
        return toxiproxy.get().resolve("toxiproxy");
    }

    /** The archive of the image localhost/kube-proxy:testbed; it holds kubectl as well. */
    public Path kubeProxyImage() {
        return kubeProxyImage.get();
    }

    /** The executable of Debian's Prometheus node exporter. */
    public Path nodeExporter() {
        return nodeExporter.get();
    }

    public Path rootFileSystem(HostProfile profile, DebianRelease release) {
        return Objects.requireNonNull(rootFileSystems.get(new RootFileSystem.Variant(profile, release)))
                .get();
    }
}
