package io.nodejoin.testbed.provision;

import io.nodejoin.testbed.preflight.Checksums;
import io.nodejoin.testbed.preflight.GoModule;
import io.nodejoin.testbed.preflight.SuppliedPrograms;
import io.nodejoin.testbed.process.Command;
import io.nodejoin.testbed.process.CommandResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Builds the Go modules of the test bed, once per version of their sources. */
final class GoBuild {
    private static final Duration TIMEOUT = Duration.ofMinutes(45);

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
        String version = GoModule.KUBERNETES.version(sourceTree.root());
        String flags =
                "-s -w -X k8s.io/component-base/version.gitVersion=%1$s -X k8s.io/component-base/version.gitMajor=1"
                                .formatted(version)
                        + " -X k8s.io/component-base/version.gitMinor=%s -X k8s.io/client-go/pkg/version.gitVersion=%s"
                                .formatted(version.split("\\.", 3)[1], version);
        return built(GoModule.KUBERNETES, directory -> {
            progress.report(
                    "building Kubernetes " + version.substring(1)
                            + " from source, about 9 minutes, only the first time",
                    () -> build(GoModule.KUBERNETES, directory, flags, ".", "./pause"));
            PauseImage.pack(directory);
            SuppliedPrograms.kubernetesNames().forEach(component -> link(directory.resolve(component), "kubebox"));
        });
    }

    /** The directory with the pause program alone, and its image, for whoever has everything else already. */
    Path pause() {
        String entry = GoModule.KUBERNETES
                .entry(sourceTree.root(), cache.root())
                .getFileName()
                .toString()
                .replace("kubernetes", "pause");
        return cache.getOrCreate(entry, directory -> {
            build(GoModule.KUBERNETES, directory, "-s -w", "./pause");
            PauseImage.pack(directory);
        });
    }

    /** The directory with the temporal executable. */
    Path temporal() {
        return built(GoModule.TEMPORAL, directory -> {
            progress.report(
                    "building Temporal CLI "
                            + GoModule.TEMPORAL.version(sourceTree.root()).substring(1)
                            + " from source, about 5 minutes, only the first time",
                    () -> build(GoModule.TEMPORAL, directory, "-s -w", "github.com/temporalio/cli/cmd/temporal"));
        });
    }

    /** The directory with the toxiproxy executable. */
    Path toxiproxy() {
        return built(GoModule.TOXIPROXY, directory -> {
            progress.report(
                    "building Toxiproxy "
                            + GoModule.TOXIPROXY.version(sourceTree.root()).substring(1)
                            + " from source, only the first time",
                    () -> build(GoModule.TOXIPROXY, directory, "-s -w", "."));
        });
    }

    private Path built(GoModule module, Consumer<Path> make) {
        return cache.getOrCreate(
                module.entry(sourceTree.root(), cache.root()).getFileName().toString(), directory -> {
                    make.accept(directory);
                    new Checksums(directory).write(module.files());
                });
    }

    private CommandResult build(GoModule module, Path into, String linkerFlags, String... packages) {
        List<String> arguments =
                new ArrayList<>(List.of("go", "build", "-trimpath", "-ldflags", linkerFlags, "-o", into + "/"));
        arguments.addAll(List.of(packages));
        return Command.of(arguments)
                .inDirectory(module.sources(sourceTree.root()))
                .withVariable("CGO_ENABLED", "0")
                // The compiler spends a quarter of its time on collecting garbage that it could leave alone.
                .withVariable("GOGC", "400")
                .withTimeout(TIMEOUT)
                .run()
                .orFail();
    }

    private static void link(Path link, String target) {
        try {
            Files.createSymbolicLink(link, Path.of(target));
        } catch (IOException cannotLink) {
            throw new UncheckedIOException("cannot link " + link, cannotLink);
        }
    }
}
