package io.nodejoin.testbed.provision;

import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.testbed.preflight.Checksums;
import io.nodejoin.testbed.process.Command;
import io.nodejoin.testbed.template.Template;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** The files below all hosts of one profile: a Debian with systemd and a container runtime, never written to again. */
final class RootFileSystem {
    private static final Duration TIMEOUT = Duration.ofMinutes(20);
    private static final List<String> PACKAGES = List.of(
            "systemd",
            "systemd-sysv",
            "dbus",
            "containerd",
            "runc",
            "containernetworking-plugins",
            "iproute2",
            "iptables",
            "nftables",
            "kmod",
            "util-linux",
            "mount",
            "ca-certificates",
            "procps",
            "conntrack",
            "ethtool",
            "socat");
    /** Without these no host boots. */
    private static final List<String> PROGRAMS =
            List.of("usr/lib/systemd/systemd", "usr/bin/containerd", "usr/sbin/runc", "usr/local/sbin/testbed-host");
    /** They only cost time in a host that lives for minutes. */
    private static final List<String> MASKED = List.of(
            "apt-daily.timer",
            "apt-daily-upgrade.timer",
            "dpkg-db-backup.timer",
            "e2scrub_all.timer",
            "fstrim.timer",
            "console-getty.service",
            "getty@tty1.service");
    /** Resource of this package's neighbour, and where it goes. */
    private static final Map<String, String> FILES = Map.of(
            "containerd.toml", "etc/containerd/config.toml",
            "containerd-pause.conf", "etc/systemd/system/containerd.service.d/10-testbed.conf",
            "testbed-host.service", "etc/systemd/system/testbed-host.service",
            "testbed-host", "usr/local/sbin/testbed-host",
            "kubelet.yaml", "etc/kubernetes/kubelet.conf.d/10-testbed.conf");

    private final Cache cache;
    private final Progress progress;
    private final String mirror;

    /**
     * Root file systems in this cache.
     *
     * @param mirror where debootstrap loads from, or empty for its own choice
     */
    RootFileSystem(Cache cache, Progress progress, String mirror) {
        this.cache = cache;
        this.progress = progress;
        this.mirror = mirror;
    }

    /** One kind of host. */
    record Variant(HostProfile profile, DebianRelease release) {
        static List<Variant> all() {
            return Stream.of(HostProfile.values())
                    .flatMap(profile -> Stream.of(DebianRelease.values()).map(release -> new Variant(profile, release)))
                    .toList();
        }

        String label() {
            return release.codename() + "-" + profile.name().toLowerCase(Locale.ROOT);
        }
    }

    /** The root directory for hosts of this kind. */
    Path build(Variant kind) {
        List<String> packages = new ArrayList<>(PACKAGES);
        if (kind.profile() == HostProfile.DOCKER) {
            packages.addAll(
                    switch (kind.release()) {
                        case BOOKWORM -> List.of("docker.io");
                        case TRIXIE -> List.of("docker.io", "docker-cli");
                    });
        }
        return cache.getOrCreate(name(kind, packages), directory -> {
            progress.report(
                    "installing Debian " + kind.release().codename() + " for hosts with "
                            + kind.profile().name().toLowerCase(Locale.ROOT) + ", about 1 minute, only the first time",
                    () -> debootstrap(kind.release(), directory, packages));
            configure(directory);
            new Checksums(directory).write(PROGRAMS);
        });
    }

    private Object debootstrap(DebianRelease release, Path directory, List<String> packages) {
        List<String> arguments = new ArrayList<>(List.of(
                "debootstrap", "--variant=minbase", "--include=" + String.join(",", packages), release.codename()));
        arguments.add(directory.toString());
        if (!mirror.isEmpty()) {
            arguments.add(mirror);
        }
        return Command.of(arguments).withTimeout(TIMEOUT).run().orFail();
    }

    private static void configure(Path directory) {
        try {
            for (Map.Entry<String, String> file : FILES.entrySet()) {
                Path target = directory.resolve(file.getValue());
                Files.createDirectories(target.getParent());
                Files.writeString(target, Template.load("host/" + file.getKey()).text());
                Files.setPosixFilePermissions(
                        target,
                        PosixFilePermissions.fromString(file.getValue().contains("bin/") ? "rwxr-xr-x" : "rw-r--r--"));
            }
            Path units = directory.resolve("etc/systemd/system");
            for (String unit : MASKED) {
                Files.createSymbolicLink(units.resolve(unit), Path.of("/dev/null"));
            }
            Files.createDirectories(units.resolve("multi-user.target.wants"));
            Files.createSymbolicLink(
                    units.resolve("multi-user.target.wants/testbed-host.service"), Path.of("../testbed-host.service"));
            Files.createDirectories(directory.resolve("opt/cni"));
            Files.createSymbolicLink(directory.resolve("opt/cni/bin"), Path.of("/usr/lib/cni"));
        } catch (IOException cannotWrite) {
            throw new UncheckedIOException("cannot furnish " + directory, cannotWrite);
        }
    }

    private static String name(Variant kind, List<String> packages) {
        List<String> content = new ArrayList<>(packages);
        content.addAll(MASKED);
        FILES.forEach((resource, target) ->
                content.add(target + Template.load("host/" + resource).text()));
        content.sort(null);
        return "host-" + kind.label() + "-" + Cache.digest(content);
    }
}
