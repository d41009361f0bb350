package io.nodejoin.testbed.provision;

import io.nodejoin.protocol.join.HostProfile;
import io.nodejoin.testbed.plan.BedMode;
import io.nodejoin.testbed.process.Command;
import io.nodejoin.testbed.process.Together;
import java.io.UncheckedIOException;
import java.nio.file.Files;
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
public final class Provisions {
    private final GoBuild go;
    private final Once<Path> kubernetes;
    private final Once<Path> temporal;
    private final Once<Path> toxiproxy;
    private final Once<Path> kubeProxyImage;
    private final Map<RootFileSystem.Kind, Once<Path>> rootFileSystems = new HashMap<>();
    private final Once<Path> nodeExporter;
    private final Progress progress;

    /**
     * @param cache the user's cache directory for Nodejoin
     * @param environment NODEJOIN_DEBIAN_MIRROR replaces debootstrap's choice
     */
    public Provisions(Repository repository, Path cache, Progress progress, Map<String, String> environment) {
        Cache entries = new Cache(cache);
        this.go = new GoBuild(repository, entries, progress);
        this.kubernetes = new Once<>(go::kubernetes);
        this.temporal = new Once<>(go::temporal);
        this.toxiproxy = new Once<>(go::toxiproxy);
        RootFileSystem debian =
                new RootFileSystem(entries, progress, environment.getOrDefault("NODEJOIN_DEBIAN_MIRROR", ""));
        for (RootFileSystem.Kind kind : RootFileSystem.Kind.all()) {
            rootFileSystems.put(kind, new Once<>(() -> debian.of(kind)));
        }
        this.kubeProxyImage = new Once<>(() -> new KubeProxyImage(entries, progress)
                .of(kubernetes(), rootFileSystem(HostProfile.CONTAINERD, DebianRelease.TRIXIE)));
        this.nodeExporter = new Once<>(() -> new NodeExporter(entries, progress).program());
        this.progress = progress;
    }

    /** The reasons why a bed of this mode cannot run on this machine, each with what would help; empty if it can. */
    public List<String> obstacles(BedMode mode) {
        List<String> obstacles = new ArrayList<>();
        if (!Files.isDirectory(Path.of("/proc/self/ns"))) {
            return List.of("the test bed needs Linux");
        }
        if (!go.isCached()) {
            obstacles.addAll(GoBuild.obstacles());
        }
        if (mode == BedMode.NAMESPACES) {
            obstacles.addAll(namespaceObstacles());
        }
        return obstacles;
    }

    /** Makes sure of packages, executables and the containerd hosts' files, in parallel. */
    public void prepare(BedMode mode) {
        List<String> obstacles = obstacles(mode);
        if (!obstacles.isEmpty()) {
            throw new IllegalStateException(String.join("; ", obstacles));
        }
        List<Supplier<Path>> parts = new ArrayList<>(List.of(this::kubernetes, this::temporal));
        if (mode == BedMode.NAMESPACES) {
            new DebianPackages(progress).ensure();
            parts.add(() -> rootFileSystem(HostProfile.CONTAINERD, DebianRelease.TRIXIE));
        }
        Together.run(parts);
    }

    /** The directory with one executable per Kubernetes component, and pause.tar. */
    public Path kubernetes() {
        return kubernetes.get();
    }

    /** The Temporal executable, client and server. */
    public Path temporal() {
        return temporal.get().resolve("temporal");
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
        return Objects.requireNonNull(rootFileSystems.get(new RootFileSystem.Kind(profile, release)))
                .get();
    }

    private static List<String> namespaceObstacles() {
        if (!System.getProperty("user.name").equals("root")) {
            return List.of("hosts and network namespaces need root");
        }
        List<String> obstacles = new ArrayList<>(DebianPackages.obstacles());
        if (!mayUnshare()) {
            obstacles.add("this root may not make namespaces and mounts (a container without the privilege?)");
        }
        return obstacles;
    }

    private static boolean mayUnshare() {
        try {
            return Command.of("unshare", "--net", "--mount", "true").run().succeeded();
        } catch (UncheckedIOException _) {
            return false;
        }
    }
}
