package io.nodejoin.agent.install;

import io.nodejoin.agent.host.FileMetadata;
import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.agent.host.RootedHostFiles;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Installs the agent's package below the root directory of a host. Each version has a directory of its own, and all paths that systemd
 * and people use are links through {@code current}, so that a rename of this one link replaces everything at once. A second call
 * with the same package changes nothing; one that was killed is completed by the next. Starts nothing.
 */
public final class AgentInstaller {
    private static final String HOME = "/usr/lib/nodejoin-agent";
    private static final String VERSIONS = "/usr/lib/nodejoin-agent-versions";
    private static final String CURRENT = VERSIONS + "/current";
    private static final String INCOMPLETE = VERSIONS + "/.incomplete";
    private static final String LOCK = ".lock";
    private static final String UNPACKED = "unpacked";
    private static final String COMMAND = "/usr/bin/nodejoin-agent";
    private static final String UNITS = "/usr/lib/systemd/system";
    private static final String UNITS_TO_VERSIONS = "../../nodejoin-agent-versions";
    private static final String ENABLED = "/etc/systemd/system";
    private static final String CONFIGURATION = "/etc/nodejoin";
    private static final String DEBIAN_PACKAGE = "/var/lib/dpkg/info/nodejoin-agent.list";
    private static final Pattern WANTED_BY = Pattern.compile("(?m)^WantedBy=(\\S+)$");
    private static final int PUBLIC = 0755;
    private static final int READABLE = 0644;

    private final Path root;
    private final HostFiles files;

    private AgentInstaller(Path root) {
        this.root = root;
        this.files = new RootedHostFiles(root);
    }

    /**
     * Installs the package, unless exactly this one is installed and whole. One call at a time; another one waits.
     *
     * @param root where the host's root directory is mounted
     * @throws IOException if the host cannot have it; what was installed before is still in use
     */
    public static InstallReport install(PackageFiles source, Path root) throws IOException {
        if (!Files.isDirectory(root)) {
            throw new IOException("there is no directory " + root + ": mount the root directory of the host there");
        }
        return new AgentInstaller(root.toRealPath()).install(source);
    }

    private InstallReport install(PackageFiles source) throws IOException {
        checkHost();
        createDirectories(VERSIONS);
        try (FileChannel channel = FileChannel.open(
                        onHost(VERSIONS + "/" + LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var _ = channel.lock()) {
            return installAlone(source);
        }
    }

    private void checkHost() throws IOException {
        if (isReadOnly(onHost("/usr"))) {
            throw new IOException(
                    "/usr of the host is read-only: mount it writable, or put the agent into the image of an"
                            + " operating system whose /usr is always read-only");
        }
        if (isUnpacked() && files.exists(DEBIAN_PACKAGE)) {
            throw new IOException(
                    "the host has the Debian package nodejoin-agent: upgrade that one, or remove it first,"
                            + " by apt-get remove nodejoin-agent");
        }
    }

    private static boolean isReadOnly(Path directory) {
        try {
            return Files.isDirectory(directory) && Files.getFileStore(directory).isReadOnly();
        } catch (IOException _) {
            // Below a root directory that was changed to, its mount is not listed: the first write tells.
            return false;
        }
    }

    private InstallReport installAlone(PackageFiles source) throws IOException {
        Optional<String> former = former();
        List<String> changed = new ArrayList<>();
        String name = former.filter(installed -> isWhole(installed, source)).orElse(null);
        if (name == null) {
            name = unusedName(source.id());
            copy(source, name);
            changed.add(VERSIONS + "/" + name);
        }
        if (isUnpacked()) {
            moveUnpacked();
        }
        // Before the link by which the next call sees that this is no first installation.
        List<String> enabled = former.isEmpty() ? enable(source) : List.of();
        changed.addAll(link(name, source.units()));
        if (!files.exists(CONFIGURATION)) {
            createDirectories(CONFIGURATION);
            changed.add(CONFIGURATION);
        }
        String replaced = former.filter(Predicate.not(name::equals)).orElse(null);
        removeOthers(name, replaced);
        return new InstallReport(name, replaced, changed, enabled);
    }

    /** Returns the version that is in use, which is {@code unpacked} for one without a directory of its own. */
    private Optional<String> former() {
        return isUnpacked() ? Optional.of(UNPACKED) : files.linkTarget(CURRENT);
    }

    private boolean isUnpacked() {
        return files.metadata(HOME).map(FileMetadata::kind).equals(Optional.of(FileMetadata.Kind.DIRECTORY));
    }

    /** Returns whether this version has the package's content, and all of it. */
    private boolean isWhole(String name, PackageFiles source) {
        if (name.equals(UNPACKED)) {
            return false;
        }
        PackageFiles installed = new PackageFiles(onHost(VERSIONS + "/" + name), source.version());
        try {
            new InstalledFiles(installed.home()).verify();
            return installed.id().equals(source.id());
        } catch (IOException _) {
            return false;
        }
    }

    /** A damaged version keeps its name until it is replaced. */
    private String unusedName(String id) {
        List<String> used = files.list(VERSIONS);
        String name = id;
        for (int i = 2; used.contains(name); i++) {
            name = id + "." + i;
        }
        return name;
    }

    /** Copies, verifies and syncs the package, and only then gives it its name. */
    private void copy(PackageFiles source, String name) throws IOException {
        deleteTree(INCOMPLETE);
        copyTree(source.home(), INCOMPLETE + HOME);
        createDirectories(INCOMPLETE + UNITS);
        for (String unit : source.units()) {
            files.write(INCOMPLETE + UNITS + "/" + unit, Files.readAllBytes(source.unit(unit)), READABLE);
        }
        createDirectories(INCOMPLETE + parentOf(COMMAND));
        files.write(INCOMPLETE + COMMAND, Files.readAllBytes(source.command()), PUBLIC);
        new InstalledFiles(onHost(INCOMPLETE + HOME)).verify();
        Files.move(onHost(INCOMPLETE), onHost(VERSIONS + "/" + name), StandardCopyOption.ATOMIC_MOVE);
        files.syncDirectory(VERSIONS);
    }

    /** Not by a copy with all attributes, which would bring the security label of a container. */
    private void copyTree(Path from, String to) throws IOException {
        try (Stream<Path> tree = Files.walk(from)) {
            for (Path path : tree.sorted().toList()) {
                Path relative = from.relativize(path);
                String target = relative.toString().isEmpty() ? to : to + "/" + relative;
                if (Files.isDirectory(path)) {
                    createDirectories(target);
                } else {
                    copyFile(path, onHost(target));
                }
            }
        }
    }

    /** The archive of classes is valid only for jars with the time that it has seen. */
    private static void copyFile(Path from, Path to) throws IOException {
        try (FileChannel channel = FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            Files.copy(from, Channels.newOutputStream(channel));
            Files.setPosixFilePermissions(to, Files.getPosixFilePermissions(from));
            Files.setLastModifiedTime(to, Files.getLastModifiedTime(from));
            channel.force(true);
        }
    }

    /** The only moment without an agent: a directory cannot be replaced by a link at once. */
    private void moveUnpacked() throws IOException {
        deleteTree(VERSIONS + "/" + UNPACKED);
        createDirectories(parentOf(VERSIONS + "/" + UNPACKED + HOME));
        Files.move(onHost(HOME), onHost(VERSIONS + "/" + UNPACKED + HOME), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Returns the links that were made, changed or deleted. On a host with another version only that of the version differs. */
    private List<String> link(String name, List<String> units) {
        Map<String, String> links = new LinkedHashMap<>();
        links.put(CURRENT, name);
        links.put(HOME, "nodejoin-agent-versions/current" + HOME);
        links.put(COMMAND, "../lib/nodejoin-agent-versions/current" + COMMAND);
        units.forEach(unit -> links.put(UNITS + "/" + unit, UNITS_TO_VERSIONS + "/current" + UNITS + "/" + unit));
        List<String> changed = new ArrayList<>();
        links.forEach((path, target) -> {
            if (!files.linkTarget(path).equals(Optional.of(target))) {
                createDirectories(parentOf(path));
                files.createLink(path, target);
                changed.add(path);
            }
        });
        for (String unit : files.list(UNITS)) {
            String path = UNITS + "/" + unit;
            if (!links.containsKey(path)
                    && files.linkTarget(path)
                            .filter(target -> target.startsWith(UNITS_TO_VERSIONS))
                            .isPresent()) {
                files.delete(path);
                changed.add(path + " (deleted)");
            }
        }
        return changed;
    }

    /** Does what systemctl enable does, by the units' own words. */
    private List<String> enable(PackageFiles source) throws IOException {
        List<String> enabled = new ArrayList<>();
        for (String unit : source.units()) {
            Matcher wantedBy = WANTED_BY.matcher(Files.readString(source.unit(unit)));
            while (wantedBy.find()) {
                String wants = ENABLED + "/" + wantedBy.group(1) + ".wants";
                createDirectories(wants);
                files.createLink(wants + "/" + unit, UNITS + "/" + unit);
                enabled.add(unit);
            }
        }
        return enabled;
    }

    private void removeOthers(String name, @Nullable String former) {
        for (String entry : files.list(VERSIONS)) {
            if (!Set.of("current", LOCK, name).contains(entry) && !entry.equals(former)) {
                deleteTree(VERSIONS + "/" + entry);
            }
        }
    }

    private void deleteTree(String path) {
        if (files.metadata(path).isPresent()) {
            files.deleteTree(path);
        }
    }

    private void createDirectories(String path) {
        if (!path.isEmpty() && files.metadata(path).isEmpty()) {
            createDirectories(parentOf(path));
            files.createDirectory(path, PUBLIC);
        }
    }

    private static String parentOf(String path) {
        return path.substring(0, path.lastIndexOf('/'));
    }

    private Path onHost(String path) {
        return root.resolve(path.substring(1));
    }
}
