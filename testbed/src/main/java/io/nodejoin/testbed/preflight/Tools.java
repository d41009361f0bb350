package io.nodejoin.testbed.preflight;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The programs of the outer machine that namespaces and hosts need, and the Debian packages that bring them.
 *
 * @param path where they are looked for, as the variable PATH has it
 * @param elsewhere where system programs are on a machine whose PATH lacks them
 */
public record Tools(List<Path> path, List<Path> elsewhere, Path keyring) {
    private static final Map<String, String> PACKAGE_OF = new TreeMap<>(Map.of(
            "debootstrap", "debootstrap",
            "systemd-nspawn", "systemd-container",
            "ip", "iproute2",
            "nsenter", "util-linux",
            "mount", "mount",
            "tar", "tar"));

    public static Tools of(Map<String, String> environment) {
        return new Tools(
                Stream.of(environment.getOrDefault("PATH", "").split(":"))
                        .filter(directory -> !directory.isEmpty())
                        .map(Path::of)
                        .toList(),
                Stream.of("/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin")
                        .map(Path::of)
                        .toList(),
                Path.of("/usr/share/keyrings/debian-archive-keyring.gpg"));
    }

    /** The packages that are missing, by name. */
    public List<String> missingPackages() {
        TreeSet<String> packages = new TreeSet<>();
        PACKAGE_OF.forEach((program, name) -> {
            if (!isIn(path, program) && !isIn(elsewhere, program)) {
                packages.add(name);
            }
        });
        if (!Files.exists(keyring)) {
            packages.add("debian-archive-keyring");
        }
        return List.copyOf(packages);
    }

    /** Why the programs cannot be run, each with the command that helps; what apt-get can bring is no obstacle. */
    List<String> obstacles() {
        List<String> obstacles = new ArrayList<>();
        PACKAGE_OF.keySet().stream()
                .filter(program -> !isIn(path, program))
                .flatMap(program -> elsewhere.stream()
                        .filter(directory -> isIn(List.of(directory), program))
                        .limit(1)
                        .map(directory -> program + " is in " + directory
                                + ", which is not on the PATH: run export PATH=\"$PATH:" + directory + "\""))
                .findFirst()
                .ifPresent(obstacles::add);
        if (!has("apt-get")) {
            stillMissing().ifPresent(obstacles::add);
        }
        return obstacles;
    }

    /** What is missing, with the command that brings it, or empty if nothing is. */
    public Optional<String> stillMissing() {
        List<String> packages = missingPackages();
        if (packages.isEmpty()) {
            return Optional.empty();
        }
        List<String> programs = PACKAGE_OF.entrySet().stream()
                .filter(entry -> packages.contains(entry.getValue()))
                .map(Map.Entry::getKey)
                .toList();
        String what = programs.isEmpty() ? keyring.toString() : String.join(", ", programs);
        return Optional.of("missing on this machine: " + what
                + "; run as root: apt-get install --reinstall " + String.join(" ", packages)
                + (has("apt-get") ? "" : " (here without apt-get: by the packages of your distribution)"));
    }

    boolean has(String program) {
        return isIn(path, program);
    }

    private static boolean isIn(List<Path> directories, String program) {
        return directories.stream().anyMatch(directory -> Files.isExecutable(directory.resolve(program)));
    }
}
