package io.nodejoin.testbed.provision;

import io.nodejoin.testbed.preflight.Checksums;
import io.nodejoin.testbed.preflight.SuppliedPrograms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The programs of Kubernetes from two places: those that the user supplies, and what is missing of them built. They are copied
 * once, so that a bed which runs does not change when the user's do.
 */
final class Assembly {
    private static final String PAUSE = "pause";

    private final GoBuild go;
    private final SuppliedPrograms supplied;
    private final Cache cache;

    Assembly(GoBuild go, SuppliedPrograms supplied, Cache cache) {
        this.go = go;
        this.supplied = supplied;
        this.cache = cache;
    }

    /** The directory with one executable per component, and pause.tar. */
    Path kubernetes() {
        if (!supplied.hasSomeOfKubernetes()) {
            return go.kubernetes();
        }
        Map<String, Path> programs = new TreeMap<>();
        if (!supplied.hasAllOfKubernetes()) {
            Path built = go.kubernetes();
            SuppliedPrograms.kubernetesNames().forEach(name -> programs.put(name, real(built.resolve(name))));
        }
        SuppliedPrograms.kubernetesNames()
                .forEach(name -> supplied.find(name).ifPresent(file -> programs.put(name, real(file))));
        programs.put(
                PAUSE,
                supplied.pause().map(Assembly::real).orElseGet(() -> go.pause().resolve(PAUSE)));
        return cache.getOrCreate("assembled-" + Cache.digest(contents(programs)), directory -> {
            List<String> files = copy(programs, directory);
            PauseImage.pack(directory);
            new Checksums(directory).write(files);
        });
    }

    /** What the entry is made of: a file that is replaced makes another entry. */
    private static List<String> contents(Map<String, Path> programs) {
        List<String> contents = new ArrayList<>();
        programs.forEach((name, file) -> {
            try {
                contents.add(name + " " + file + " " + Files.size(file) + " " + Files.getLastModifiedTime(file));
            } catch (IOException unreadable) {
                throw new UncheckedIOException("cannot read " + file, unreadable);
            }
        });
        return contents;
    }

    /** Copies every file once: one that is several programs goes by the name that it is called by. Returns the files' names. */
    private static List<String> copy(Map<String, Path> programs, Path directory) {
        Map<Path, String> copied = new HashMap<>();
        programs.forEach((name, file) -> {
            try {
                String copy = copied.get(file);
                if (copy == null) {
                    Files.copy(file, directory.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
                    copied.put(file, name);
                } else {
                    Files.createSymbolicLink(directory.resolve(name), Path.of(copy));
                }
            } catch (IOException cannotCopy) {
                throw new UncheckedIOException("cannot copy " + file + " to " + directory, cannotCopy);
            }
        });
        return copied.values().stream().sorted().toList();
    }

    private static Path real(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot read " + file, unreadable);
        }
    }
}
