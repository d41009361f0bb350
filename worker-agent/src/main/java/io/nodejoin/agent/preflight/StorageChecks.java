package io.nodejoin.agent.preflight;

import io.nodejoin.agent.kubelet.KubeletPaths;
import io.nodejoin.protocol.ErrorCode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Where a join writes, and how much room there is. */
final class StorageChecks {
    private static final Set<String> MEMORY = Set.of("tmpfs", "ramfs");
    private static final List<String> WRITTEN =
            List.of("/etc", "/etc/systemd/system", "/etc/kubernetes", "/var/lib", KubeletPaths.HOME);
    private static final long MIB = 1024L * 1024;
    private static final long LEAST_MIB = 1024;
    private static final long LEAST_INODES = 10_000;
    private static final int PRESSURE_PERCENT = 15;
    private static final int PERCENT = 100;

    static final List<HostCheck> ALL = List.of(
            HostCheck.error(
                    "run-in-memory",
                    "/run in memory: the bootstrap token must not get onto a disk",
                    "mount /run as tmpfs",
                    StorageChecks::runInMemory),
            HostCheck.error(
                            "writable-directories",
                            String.join(", ", WRITTEN) + " writable, as far as they are there",
                            "mount -o remount,rw the named file system, after a look at dmesg",
                            StorageChecks::writable)
                    .failingWith(ErrorCode.HOST_DISK_FULL),
            HostCheck.error(
                            "disk-space",
                            "at least " + LEAST_MIB + " MiB free for " + String.join(", ", Disk.PATHS),
                            "free space, or put the directory on a larger disk",
                            StorageChecks::space)
                    .failingWith(ErrorCode.HOST_DISK_FULL),
            HostCheck.error(
                            "disk-inodes",
                            "at least " + LEAST_INODES + " free inodes for " + String.join(", ", Disk.PATHS),
                            "delete files, or make the file system anew with more inodes",
                            StorageChecks::inodes)
                    .failingWith(ErrorCode.HOST_DISK_FULL),
            HostCheck.warning(
                    "disk-pressure",
                    "at least " + PRESSURE_PERCENT + " % free, below which a kubelet evicts pods by default",
                    "free space, or set evictionHard in the kubelet's drop-in directory",
                    StorageChecks::pressure));

    private StorageChecks() {}

    private static Verdict runInMemory(CheckedHost host) {
        Optional<String> type = host.probe().fileSystemOf(KubeletPaths.RUN);
        return Verdict.require(
                type.filter(MEMORY::contains).isPresent(),
                KubeletPaths.RUN + " would lie on " + type.orElse("an unknown file system")
                        + ", where a bootstrap token must not be written");
    }

    private static Verdict writable(CheckedHost host) {
        return Verdict.of(WRITTEN.stream()
                .filter(host.files()::present)
                .filter(host.probe()::readOnly)
                .map(path -> path + " is on a read-only file system")
                .toList());
    }

    private static Verdict space(CheckedHost host) {
        return disks(host, disk -> disk.freeBytes() / MIB < LEAST_MIB, disk -> disk.freeBytes() / MIB + " MiB");
    }

    private static Verdict inodes(CheckedHost host) {
        return disks(
                host,
                disk -> disk.inodes() > 0 && disk.freeInodes() < LEAST_INODES,
                disk -> disk.freeInodes() + " inodes");
    }

    private static Verdict pressure(CheckedHost host) {
        if (!host.dropIns().at("/evictionHard").isMissingNode()) {
            return new Verdict.Skipped("the machine has its own evictionHard");
        }
        return disks(
                host,
                disk -> disk.bytes() > 0 && disk.freeBytes() < disk.bytes() / PERCENT * PRESSURE_PERCENT,
                disk -> disk.freeBytes() * PERCENT / disk.bytes() + " %");
    }

    private static Verdict disks(CheckedHost host, Predicate<Disk> bad, Room room) {
        List<Disk> disks = host.disks();
        if (disks.isEmpty()) {
            return new Verdict.Skipped("'stat --file-system' says nothing");
        }
        return Verdict.of(disks.stream()
                .filter(bad)
                .map(disk -> disk.path() + " has " + room.of(disk) + " left")
                .toList());
    }

    private interface Room {
        String of(Disk disk);
    }
}
