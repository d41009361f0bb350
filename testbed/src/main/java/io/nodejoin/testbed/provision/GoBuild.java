package io.nodejoin.testbed.provision;

import io.nodejoin.testbed.process.Command;
import io.nodejoin.testbed.process.CommandResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Builds the Go modules of the test bed, once per version of their sources. */
final class GoBuild {
    private static final Duration TIMEOUT = Duration.ofMinutes(45);
    private static final Pattern KUBERNETES = Pattern.compile("\\bk8s\\.io/kubernetes (v1\\.(\\d+)\\.\\d+)");
    private static final Pattern TEMPORAL = Pattern.compile("\\bgithub\\.com/temporalio/cli (v[\\d.]+)");
    private static final Pattern TOXIPROXY = Pattern.compile("\\bgithub\\.com/Shopify/toxiproxy/v2 (v[\\d.]+)");
    private static final String BRING_GO =
            "run 'apt-get install golang-go' as root (on Debian before 13 or Ubuntu before 24.04 unpack Go from go.dev/dl"
                    + " instead) and put go on the PATH";
    private static final List<String> COMPONENTS = List.of(
            "etcd",
            "kube-apiserver",
            "kube-controller-manager",
            "kube-scheduler",
            "kube-proxy",
            "kubelet",
            "kubeadm",
            "kubectl");

    private final SourceTree sourceTree;
    private final Cache cache;
    private final Progress progress;

    GoBuild(SourceTree sourceTree, Cache cache, Progress progress) {
        this.sourceTree = sourceTree;
        this.cache = cache;
        this.progress = progress;
    }

    /** The directory with one link per component, and the pause program beside them. */
    Path kubernetes() {
        Path module = sourceTree.testbed("kubebox");
        Matcher version = find(KUBERNETES, module);
        String flags =
                "-s -w -X k8s.io/component-base/version.gitVersion=%1$s -X k8s.io/component-base/version.gitMajor=1"
                                .formatted(version.group(1))
                        + " -X k8s.io/component-base/version.gitMinor=%s -X k8s.io/client-go/pkg/version.gitVersion=%s"
                                .formatted(version.group(2), version.group(1));
        return cache.getOrCreate(name("kubernetes", version.group(1), module), directory -> {
            progress.report(
                    "building Kubernetes " + version.group(1).substring(1)
                            + " from source, about 9 minutes, only the first time",
                    () -> build(module, directory, flags, ".", "./pause"));
            PauseImage.pack(directory);
            COMPONENTS.forEach(component -> link(directory.resolve(component), "kubebox"));
        });
    }

    /** The directory with the temporal executable. */
    Path temporal() {
        Path module = sourceTree.testbed("temporal");
        String version = find(TEMPORAL, module).group(1);
        return cache.getOrCreate(
                name("temporal", version, module),
                directory -> progress.report(
                        "building Temporal CLI " + version.substring(1)
                                + " from source, about 5 minutes, only the first time",
                        () -> build(module, directory, "-s -w", "github.com/temporalio/cli/cmd/temporal")));
    }

    /** The directory with the toxiproxy executable. */
    Path toxiproxy() {
        Path module = sourceTree.testbed("toxiproxy");
        String version = find(TOXIPROXY, module).group(1);
        return cache.getOrCreate(
                name("toxiproxy", version, module),
                directory -> progress.report(
                        "building Toxiproxy " + version.substring(1) + " from source, only the first time",
                        () -> build(module, directory, "-s -w", ".")));
    }

    /** Why Go modules cannot be built here, with what would help, or an empty list. */
    static List<String> unmetPrerequisites() {
        CommandResult version;
        try {
            version = Command.of("go", "env", "GOVERSION").run();
        } catch (UncheckedIOException _) {
            return List.of("Go is missing: " + BRING_GO);
        }
        return unmetPrerequisites(version.output().strip());
    }

    /** From 1.21 on, Go brings the newer toolchain that a module asks for. */
    static List<String> unmetPrerequisites(String version) {
        Matcher minor = Pattern.compile("go1\\.(\\d+)").matcher(version);
        boolean enough = minor.find() && Integer.parseInt(minor.group(1)) >= 21;
        return enough ? List.of() : List.of("Go 1.21 or newer is needed, found '" + version + "': " + BRING_GO);
    }

    boolean isCached() {
        return Stream.of("kubernetes", "temporal").allMatch(what -> {
            Path module = sourceTree.testbed(what.equals("temporal") ? what : "kubebox");
            Matcher version = find(what.equals("temporal") ? TEMPORAL : KUBERNETES, module);
            return Files.isDirectory(cache.root().resolve(name(what, version.group(1), module)));
        });
    }

    private static CommandResult build(Path module, Path into, String linkerFlags, String... packages) {
        List<String> arguments =
                new ArrayList<>(List.of("go", "build", "-trimpath", "-ldflags", linkerFlags, "-o", into + "/"));
        arguments.addAll(List.of(packages));
        return Command.of(arguments)
                .inDirectory(module)
                .withVariable("CGO_ENABLED", "0")
                .withTimeout(TIMEOUT)
                .run()
                .orFail();
    }

    private static Matcher find(Pattern pattern, Path module) {
        Matcher matcher = pattern.matcher(read(module.resolve("go.mod")));
        if (!matcher.find()) {
            throw new IllegalStateException(module.resolve("go.mod") + " does not name " + pattern);
        }
        return matcher;
    }

    private static String name(String what, String version, Path module) {
        List<String> sources = Stream.of("go.mod", "go.sum", "main.go", "pause/main.go")
                .map(module::resolve)
                .filter(Files::exists)
                .map(GoBuild::read)
                .toList();
        return what + "-" + version + "-" + Cache.digest(sources);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot read " + file, unreadable);
        }
    }

    private static void link(Path link, String target) {
        try {
            Files.createSymbolicLink(link, Path.of(target));
        } catch (IOException cannotLink) {
            throw new UncheckedIOException("cannot link " + link, cannotLink);
        }
    }
}
