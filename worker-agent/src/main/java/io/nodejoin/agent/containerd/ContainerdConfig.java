package io.nodejoin.agent.containerd;

import io.nodejoin.agent.host.HostException;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.CgroupDriver;
import io.nodejoin.protocol.agent.ContainerdSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The content of {@code /etc/containerd/config.toml}, in any version of its format.
 *
 * @param text text of the file; empty if there is none
 */
public record ContainerdConfig(String text) {
    /** The path of containerd's configuration. */
    public static final String FILE = "/etc/containerd/config.toml";

    /** The directory that the configuration may import. */
    public static final String DROP_IN_DIRECTORY = "/etc/containerd/conf.d";

    /** The directory of registry mirrors, with a subdirectory for each registry. */
    public static final String REGISTRIES = "/etc/containerd/certs.d";

    /** Nodejoin's own file in that directory. */
    public static final String DROP_IN = DROP_IN_DIRECTORY + "/90-nodejoin.toml";
    /** The files that decide which file must be changed. */
    public static final List<String> PATHS = List.of("/etc/containerd", FILE, DROP_IN_DIRECTORY, DROP_IN, REGISTRIES);

    private static final List<String> VERSION = List.of("version");
    private static final List<String> IMPORTS = List.of("imports");
    private static final int NEW_FILE_VERSION = 2;

    /**
     * From this version on, tables of an imported file are merged with those of the importing file; before, they
     * replace them.
     */
    private static final int FIRST_MERGING_VERSION = 3;

    private static final String DEFAULT_RUNTIME = "runc";

    /** The file that gives containerd its settings, with its new content. */
    public record TargetFile(String path, String content) {}

    /**
     * Returns the file that must be written so that containerd has these settings: Nodejoin's own drop-in if the
     * configuration imports and merges it, else the configuration itself.
     *
     * @throws HostException if the configuration has a form that only its owner can change
     */
    public TargetFile withSettings(ContainerdSettings settings) {
        try {
            TomlDocument own = TomlDocument.parse(text);
            int version = version(own);
            boolean merges = version >= FIRST_MERGING_VERSION;
            if (!merges
                    && own.value(IMPORTS)
                            .filter(files -> files.contains("\"") || files.contains("'"))
                            .isPresent()) {
                throw new IllegalArgumentException("it imports files, which replace what is set here");
            }
            if (merges && importsDropIns(own)) {
                TomlDocument dropIn = TomlDocument.parse("version = " + version + "\n");
                return new TargetFile(
                        DROP_IN,
                        withSettings(own, dropIn, settings, SettingPaths.forVersion(version))
                                .text());
            }
            TomlDocument base =
                    own.isBlank() ? own.withValue(List.of(), "version", Integer.toString(NEW_FILE_VERSION)) : own;
            return new TargetFile(
                    FILE,
                    withSettings(own, base, settings, SettingPaths.forVersion(version))
                            .text());
        } catch (IllegalArgumentException e) {
            throw new HostException(
                    ErrorCode.HOST_PREPARE_FAILED,
                    FILE + " cannot be given the cluster's settings for containerd: " + e.getMessage());
        }
    }

    private static TomlDocument withSettings(
            TomlDocument own, TomlDocument base, ContainerdSettings settings, SettingPaths names) {
        TomlDocument changed = base;
        if (settings.sandboxImage() != null) {
            changed = changed.withValue(names.sandboxTable(), names.sandboxKey(), quoted(settings.sandboxImage()));
        }
        if (settings.cgroupDriver() != null) {
            String runtime = runtime(own, names);
            if (runtime.equals(DEFAULT_RUNTIME) && !own.hasTable(names.runtime(runtime))) {
                changed = changed.withValue(names.runtime(runtime), "runtime_type", quoted("io.containerd.runc.v2"));
            }
            boolean systemd = settings.cgroupDriver() == CgroupDriver.SYSTEMD;
            changed = changed.withValue(names.options(runtime), SettingPaths.SYSTEMD_CGROUP, Boolean.toString(systemd));
        }
        return settings.registryMirrors().isEmpty() ? changed : withRegistries(own, changed, names);
    }

    private static TomlDocument withRegistries(TomlDocument own, TomlDocument changed, SettingPaths names) {
        if (own.hasTable(names.path(names.registry(), "mirrors"))
                || own.hasTable(names.path(names.registry(), "configs"))) {
            throw new IllegalArgumentException(
                    "it has mirrors or configs of registries, which conflict with " + REGISTRIES);
        }
        String before = own.string(names.path(names.registry(), SettingPaths.REGISTRY_DIRECTORIES))
                .orElse("");
        boolean there = Arrays.asList(before.split(":", -1)).contains(REGISTRIES);
        if (there) {
            return changed;
        }
        String after = before.isEmpty() ? REGISTRIES : REGISTRIES + ":" + before;
        return changed.withValue(names.registry(), SettingPaths.REGISTRY_DIRECTORIES, quoted(after));
    }

    /** Returns the configured sandbox image, if the file can be parsed and has one. */
    public Optional<String> sandboxImage() {
        return parse().flatMap(own -> {
            SettingPaths names = SettingPaths.forVersion(version(own));
            return own.string(names.path(names.sandboxTable(), names.sandboxKey()));
        });
    }

    /** Returns the cgroup driver of the default runtime, if the file can be parsed. */
    public Optional<CgroupDriver> cgroupDriver() {
        return parse().map(own -> {
            SettingPaths names = SettingPaths.forVersion(version(own));
            String systemd = own.value(names.path(names.options(runtime(own, names)), SettingPaths.SYSTEMD_CGROUP))
                    .orElse("false");
            return systemd.equals("true") ? CgroupDriver.SYSTEMD : CgroupDriver.CGROUPFS;
        });
    }

    private Optional<TomlDocument> parse() {
        try {
            return Optional.of(TomlDocument.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String runtime(TomlDocument own, SettingPaths names) {
        return own.string(names.path(names.runtimes(), "default_runtime_name")).orElse(DEFAULT_RUNTIME);
    }

    private static int version(TomlDocument own) {
        return own.isBlank()
                ? NEW_FILE_VERSION
                : own.value(VERSION)
                        .filter(said -> said.matches("\\d"))
                        .map(Integer::parseInt)
                        .orElse(1);
    }

    private static boolean importsDropIns(TomlDocument own) {
        String files = own.value(IMPORTS).orElse("");
        return Stream.of(DROP_IN_DIRECTORY, "conf.d")
                .flatMap(directory -> Stream.of("\"" + directory + "/*.toml\"", "'" + directory + "/*.toml'"))
                .anyMatch(files::contains);
    }

    /** Values contain neither quotes nor backslashes by the grammar of images and of what is written here. */
    private static String quoted(String text) {
        return "\"" + text + "\"";
    }

    /** The names of the settings in a version of the file. */
    private record SettingPaths(
            List<String> sandboxTable, String sandboxKey, List<String> registry, List<String> runtimes) {
        static final String SYSTEMD_CGROUP = "SystemdCgroup";
        static final String REGISTRY_DIRECTORIES = "config_path";

        static SettingPaths forVersion(int version) {
            return switch (version) {
                case 0, 1 -> forPlugin("cri");
                case 2 -> forPlugin("io.containerd.grpc.v1.cri");
                default ->
                    new SettingPaths(
                            List.of("plugins", "io.containerd.cri.v1.images", "pinned_images"),
                            "sandbox",
                            List.of("plugins", "io.containerd.cri.v1.images", "registry"),
                            List.of("plugins", "io.containerd.cri.v1.runtime", "containerd"));
            };
        }

        private static SettingPaths forPlugin(String plugin) {
            return new SettingPaths(
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
