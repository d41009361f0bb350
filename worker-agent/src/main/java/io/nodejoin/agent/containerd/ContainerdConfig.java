package io.nodejoin.agent.containerd;

import io.nodejoin.agent.host.HostFailure;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.CgroupDriver;
import io.nodejoin.protocol.agent.ContainerdSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What {@code /etc/containerd/config.toml} says, in any of the versions of that file.
 *
 * @param text of the file; empty if there is none
 */
public record ContainerdConfig(String text) {
    /** Where containerd reads it. */
    public static final String FILE = "/etc/containerd/config.toml";

    /** Where its owner may let containerd read more. */
    public static final String DROP_IN_DIRECTORY = "/etc/containerd/conf.d";

    /** Where a registry's mirrors are named, in a directory for each. */
    public static final String REGISTRIES = "/etc/containerd/certs.d";

    /** A file of Nodejoin's own there. */
    public static final String DROP_IN = DROP_IN_DIRECTORY + "/90-nodejoin.toml";
    /** What decides how they have to be changed. */
    public static final List<String> PATHS = List.of("/etc/containerd", FILE, DROP_IN_DIRECTORY, DROP_IN, REGISTRIES);

    private static final List<String> VERSION = List.of("version");
    private static final List<String> IMPORTS = List.of("imports");
    private static final int NEW_FILES = 2;

    /** From it on, tables of an imported file are merged with those of the file that imports it; before, they replace them. */
    private static final int FIRST_THAT_MERGES = 3;

    private static final String USUAL_RUNTIME = "runc";

    /** The file that gives containerd its settings, as it is to be. */
    public record Target(String path, String content) {}

    /**
     * The file that has to be as told, so that containerd has these settings: one of Nodejoin's own where the configuration
     * imports such files and merges them, else the configuration itself.
     *
     * @throws HostFailure if the configuration is in a form that only its owner can change
     */
    public Target with(ContainerdSettings settings) {
        try {
            TomlText own = TomlText.parse(text);
            int version = version(own);
            boolean merges = version >= FIRST_THAT_MERGES;
            if (!merges
                    && own.value(IMPORTS)
                            .filter(files -> files.contains("\"") || files.contains("'"))
                            .isPresent()) {
                throw new IllegalArgumentException("it imports files, which replace what is set here");
            }
            if (merges && importsDropIns(own)) {
                TomlText dropIn = TomlText.parse("version = " + version + "\n");
                return new Target(
                        DROP_IN, with(own, dropIn, settings, Names.of(version)).text());
            }
            TomlText base = own.isBlank() ? own.with(List.of(), "version", Integer.toString(NEW_FILES)) : own;
            return new Target(FILE, with(own, base, settings, Names.of(version)).text());
        } catch (IllegalArgumentException e) {
            throw new HostFailure(
                    ErrorCode.HOST_PREPARE_FAILED,
                    FILE + " cannot be given the cluster's settings for containerd: " + e.getMessage());
        }
    }

    private static TomlText with(TomlText own, TomlText base, ContainerdSettings settings, Names names) {
        TomlText changed = base;
        if (settings.sandboxImage() != null) {
            changed = changed.with(names.sandboxTable(), names.sandboxKey(), quoted(settings.sandboxImage()));
        }
        if (settings.cgroupDriver() != null) {
            String runtime = runtime(own, names);
            if (runtime.equals(USUAL_RUNTIME) && !own.has(names.runtime(runtime))) {
                changed = changed.with(names.runtime(runtime), "runtime_type", quoted("io.containerd.runc.v2"));
            }
            boolean systemd = settings.cgroupDriver() == CgroupDriver.SYSTEMD;
            changed = changed.with(names.options(runtime), Names.SYSTEMD_CGROUP, Boolean.toString(systemd));
        }
        return settings.registryMirrors().isEmpty() ? changed : withRegistries(own, changed, names);
    }

    private static TomlText withRegistries(TomlText own, TomlText changed, Names names) {
        if (own.has(names.path(names.registry(), "mirrors")) || own.has(names.path(names.registry(), "configs"))) {
            throw new IllegalArgumentException(
                    "it has mirrors or configs of registries, which do not go with " + REGISTRIES);
        }
        String before = own.string(names.path(names.registry(), Names.REGISTRY_DIRECTORIES))
                .orElse("");
        boolean there = Arrays.asList(before.split(":", -1)).contains(REGISTRIES);
        if (there) {
            return changed;
        }
        String after = before.isEmpty() ? REGISTRIES : REGISTRIES + ":" + before;
        return changed.with(names.registry(), Names.REGISTRY_DIRECTORIES, quoted(after));
    }

    /** The sandbox image that it names, if it is understood and names one. */
    public Optional<String> sandboxImage() {
        return parsed().flatMap(own -> {
            Names names = Names.of(version(own));
            return own.string(names.path(names.sandboxTable(), names.sandboxKey()));
        });
    }

    /** The control group driver of the default runtime, if the file is understood. */
    public Optional<CgroupDriver> cgroupDriver() {
        return parsed().map(own -> {
            Names names = Names.of(version(own));
            String systemd = own.value(names.path(names.options(runtime(own, names)), Names.SYSTEMD_CGROUP))
                    .orElse("false");
            return systemd.equals("true") ? CgroupDriver.SYSTEMD : CgroupDriver.CGROUPFS;
        });
    }

    private Optional<TomlText> parsed() {
        try {
            return Optional.of(TomlText.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String runtime(TomlText own, Names names) {
        return own.string(names.path(names.runtimes(), "default_runtime_name")).orElse(USUAL_RUNTIME);
    }

    private static int version(TomlText own) {
        return own.isBlank()
                ? NEW_FILES
                : own.value(VERSION)
                        .filter(said -> said.matches("\\d"))
                        .map(Integer::parseInt)
                        .orElse(1);
    }

    private static boolean importsDropIns(TomlText own) {
        String files = own.value(IMPORTS).orElse("");
        return Stream.of(DROP_IN_DIRECTORY, "conf.d")
                .flatMap(directory -> Stream.of("\"" + directory + "/*.toml\"", "'" + directory + "/*.toml'"))
                .anyMatch(files::contains);
    }

    /** The grammar of images and of what is written here has neither quotes nor backslashes. */
    private static String quoted(String text) {
        return "\"" + text + "\"";
    }

    /** What the settings are called in a version of the file. */
    private record Names(List<String> sandboxTable, String sandboxKey, List<String> registry, List<String> runtimes) {
        static final String SYSTEMD_CGROUP = "SystemdCgroup";
        static final String REGISTRY_DIRECTORIES = "config_path";

        static Names of(int version) {
            return switch (version) {
                case 0, 1 -> ofOnePlugin("cri");
                case 2 -> ofOnePlugin("io.containerd.grpc.v1.cri");
                default ->
                    new Names(
                            List.of("plugins", "io.containerd.cri.v1.images", "pinned_images"),
                            "sandbox",
                            List.of("plugins", "io.containerd.cri.v1.images", "registry"),
                            List.of("plugins", "io.containerd.cri.v1.runtime", "containerd"));
            };
        }

        private static Names ofOnePlugin(String plugin) {
            return new Names(
                    List.of("plugins", plugin),
                    "sandbox_image",
                    List.of("plugins", plugin, "registry"),
                    List.of("plugins", plugin, "containerd"));
        }

        List<String> runtime(String name) {
            return path(path(runtimes, "runtimes"), name);
        }

        List<String> options(String runtime) {
            return path(runtime(runtime), "options");
        }

        List<String> path(List<String> table, String key) {
            return Stream.concat(table.stream(), Stream.of(key)).toList();
        }
    }
}
