package io.nodejoin.agent.preflight;

import io.nodejoin.agent.kubelet.KubeletPaths;
import io.nodejoin.protocol.ErrorCode;
import java.util.List;
import java.util.function.Predicate;

/** Checks of the directories that a join writes to, and their free space. */
final class StorageChecks {
    private static final List<String> WRITTEN_DIRECTORIES =
            List.of("/etc", "/etc/systemd/system", "/etc/kubernetes", "/var/lib", KubeletPaths.HOME);
    private static final long MIB = 1024L * 1024;
    private static final long MIN_FREE_MIB = 1024;
    private static final long MIN_FREE_INODES = 10_000;
    private static final int PRESSURE_PERCENT = 15;
    private static final int PERCENT = 100;

    static final List<HostCheck> ALL = List.of(
            HostCheck.error(
                            "writable-directories",
                            String.join(", ", WRITTEN_DIRECTORIES) + " writable, as far as they are there",
                            "check dmesg, then mount -o remount,rw the named file system",
                            StorageChecks::writable)
                    .failingWith(ErrorCode.HOST_DISK_FULL),
            HostCheck.error(
                            "disk-space",
                            "at least " + MIN_FREE_MIB + " MiB free for " + String.join(", ", Disk.PATHS),
                            "free space, or put the directory on a larger disk",
                            StorageChecks::space)
                    .failingWith(ErrorCode.HOST_DISK_FULL),
            HostCheck.error(
                            "disk-inodes",
                            "at least " + MIN_FREE_INODES + " free inodes for " + String.join(", ", Disk.PATHS),
                            "delete files, or recreate the file system with more inodes",
                            StorageChecks::inodes)
                    .failingWith(ErrorCode.HOST_DISK_FULL),
            HostCheck.warning(
                    "disk-pressure",
                    "at least " + PRESSURE_PERCENT + " % free, below which a kubelet evicts pods by default",
                    "free space, or set evictionHard in the kubelet's drop-in directory",
                    StorageChecks::pressure));

    private StorageChecks() {}

    private static CheckResult writable(CheckContext host) {
        return CheckResult.ofDeviations(WRITTEN_DIRECTORIES.stream()
                .filter(host.files()::exists)
                .filter(host.probe()::isReadOnly)
                .map(path -> path + " is on a read-only file system")
                .toList());
    }

    private static CheckResult space(CheckContext host) {
        return disks(host, disk -> disk.freeBytes() / MIB < MIN_FREE_MIB, disk -> disk.freeBytes() / MIB + " MiB");
    }

    private static CheckResult inodes(CheckContext host) {
        return disks(
                host,
                disk -> disk.inodes() > 0 && disk.freeInodes() < MIN_FREE_INODES,
                disk -> disk.freeInodes() + " inodes");
    }

    private static CheckResult pressure(CheckContext host) {
        if (!host.dropIns().at("/evictionHard").isMissingNode()) {
            return new CheckResult.Skipped("the machine has its own evictionHard");
        }
        return disks(
                host,
                disk -> disk.bytes() > 0 && disk.freeBytes() < disk.bytes() / PERCENT * PRESSURE_PERCENT,
                disk -> disk.freeBytes() * PERCENT / disk.bytes() + " %");
    }

    private static CheckResult disks(CheckContext host, Predicate<Disk> bad, Room room) {
        List<Disk> disks = host.disks();
        if (disks.isEmpty()) {
            return new CheckResult.Skipped("'stat --file-system' says nothing");
        }
        return CheckResult.ofDeviations(disks.stream()
                .filter(bad)
                .map(disk -> disk.path() + " has " + room.describe(disk) + " left")
                .toList());
    }

    private interface Room {
        String describe(Disk disk);
    }
}
