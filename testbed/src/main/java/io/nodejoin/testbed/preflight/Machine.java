package io.nodejoin.testbed.preflight;

import io.nodejoin.testbed.config.BedDirectories;
import io.nodejoin.testbed.config.BedMode;
import io.nodejoin.testbed.preflight.DiskSpace.Need;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether this machine, with what its cache has already, can run a bed.
 *
 * @param repository the working copy
 */
public record Machine(Path repository, Map<String, String> environment) {
    private static final List<GoModule> OF_EVERY_BED = List.of(GoModule.KUBERNETES, GoModule.TEMPORAL);
    private static final String OTHER_CACHE = "make room there, or point XDG_CACHE_HOME elsewhere";
    private static final String OTHER_STATE = "make room there, or point XDG_STATE_HOME elsewhere";
    private static final String HOST_FILES = "host-trixie-containerd-";

    /** The reasons why a bed of this mode cannot run here, each with what would help; empty if it can. */
    public List<String> obstacles(BedMode mode) {
        if (!Files.isDirectory(Path.of("/proc/self/ns"))) {
            return List.of("the test bed needs Linux");
        }
        List<String> obstacles = new ArrayList<>();
        if (mode == BedMode.NAMESPACES) {
            obstacles.addAll(namespaceObstacles());
        }
        obstacles.addAll(supplied().obstacles());
        List<GoModule> unbuilt = unbuilt();
        Optional<GoToolchain> go = unbuilt.isEmpty() ? Optional.empty() : GoToolchain.find(Tools.of(environment));
        if (!unbuilt.isEmpty()) {
            obstacles.addAll(GoToolchain.obstacles(go));
        }
        OF_EVERY_BED.forEach(module -> module.defect(repository, cache()).ifPresent(obstacles::add));
        DiskSpace.ofThisMachine().obstacle(needs(mode, unbuilt, go)).ifPresent(obstacles::add);
        return obstacles;
    }

    /**
     * How long a demo will take here, for a person.
     *
     * @param built whether Nodejoin itself is built
     */
    String estimate(BedMode mode, boolean built) {
        List<String> builds = new ArrayList<>();
        if (!built) {
            builds.add("nodejoin");
        }
        unbuilt().forEach(module -> builds.add(module.word()));
        if (mode == BedMode.NAMESPACES && !hasHostFiles()) {
            builds.add("host");
        }
        return new Estimate(new Durations(cache()), Runtime.getRuntime().availableProcessors())
                .line(builds, demo(mode));
    }

    /** The word under which the duration of a demo is remembered. */
    public static String demo(BedMode mode) {
        return mode == BedMode.NAMESPACES ? "demo" : "demo-simulated";
    }

    private List<GoModule> unbuilt() {
        return OF_EVERY_BED.stream()
                .filter(module -> !supplied().replaces(module))
                .filter(module -> !Files.isDirectory(module.entry(repository, cache())))
                .toList();
    }

    private List<Need> needs(BedMode mode, List<GoModule> unbuilt, Optional<GoToolchain> go) {
        List<Need> needs = new ArrayList<>();
        if (!unbuilt.isEmpty()) {
            needs.add(new Need(cache(), 450, "built programs", OTHER_CACHE));
            go.ifPresent(found -> {
                needs.add(new Need(found.cache(), 2_500, "Go's compiled packages", "go clean -cache"));
                needs.add(new Need(found.modules(), 2_500, "Go's sources", "go clean -cache -modcache"));
            });
        }
        if (mode == BedMode.NAMESPACES && !hasHostFiles()) {
            needs.add(new Need(cache(), 600, "a Debian for hosts", OTHER_CACHE));
        }
        if (supplied().hasSomeOfKubernetes()) {
            needs.add(new Need(cache(), 700, "copies of supplied programs", OTHER_CACHE));
        }
        needs.add(new Need(BedDirectories.userParent(environment), 500, "the bed's own files", OTHER_STATE));
        return needs;
    }

    private boolean hasHostFiles() {
        if (!Files.isDirectory(cache())) {
            return false;
        }
        try (Stream<Path> entries = Files.list(cache())) {
            return entries.anyMatch(entry -> entry.getFileName().toString().matches(HOST_FILES + "[0-9a-f]+"));
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot list " + cache(), unreadable);
        }
    }

    private List<String> namespaceObstacles() {
        if (!System.getProperty("user.name").equals("root")) {
            return List.of(
                    "hosts and network namespaces need root: run it by sudo, or without hosts (testbed/testbed up --local)");
        }
        List<String> obstacles = new ArrayList<>(Tools.of(environment).obstacles());
        if (obstacles.isEmpty()
                && Probe.ask(List.of("unshare", "--net", "--mount", "true")).isEmpty()) {
            obstacles.add("this root may not make namespaces and mounts (a container without the privilege?)");
        }
        return obstacles;
    }

    private SuppliedPrograms supplied() {
        return SuppliedPrograms.of(repository, environment);
    }

    private Path cache() {
        return BedDirectories.userCache(environment);
    }
}
