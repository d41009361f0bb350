package io.nodejoin.agent.preflight;

import io.nodejoin.agent.host.CommandResult;
import io.nodejoin.agent.host.UnitState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Checks of the operating system: privileges, distribution, installed programs. */
final class SystemChecks {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Pattern MACHINE_ID = Pattern.compile("[0-9a-f]{32}");
    private static final Set<String> TESTED = Set.of("debian 12", "debian 13");
    private static final List<String> PROGRAMS =
            List.of("systemctl", "journalctl", "mount", "umount", "swapon", "swapoff", "setpriv");
    private static final List<String> DIRECTORIES =
            List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");

    /** System UUIDs that vendors use for many machines. */
    private static final Set<String> SHARED_UUIDS = Set.of(
            "00000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
            "03000200-0400-0500-0006-000700080009",
            "12345678-1234-5678-90ab-cddeefaabbcc");

    static final List<HostCheck> ALL = List.of(
            HostCheck.error(
                    "root", "an agent that runs as root", "start the agent by its systemd unit", SystemChecks::root),
            HostCheck.error(
                    "systemd",
                    "a host run by systemd: there are steps for no other init",
                    "use a distribution with systemd, such as Debian 13",
                    SystemChecks::systemd),
            HostCheck.warning(
                    "operating-system",
                    "Debian 12 or 13; other distributions with systemd are served by the same steps but untested",
                    "try the join on one such host first",
                    SystemChecks::operatingSystem),
            HostCheck.error(
                    "programs",
                    "the programs " + String.join(", ", PROGRAMS),
                    "apt-get install systemd util-linux mount",
                    SystemChecks::programs),
            HostCheck.error(
                    "machine-id",
                    "a machine id of its own in /etc/machine-id",
                    "rm -f /etc/machine-id && systemd-machine-id-setup, and leave the file empty in images",
                    SystemChecks::machineId),
            HostCheck.warning(
                    "system-uuid",
                    "a system UUID that other machines do not have",
                    "set the UUID in the firmware or the hypervisor",
                    SystemChecks::systemUuid),
            HostCheck.error(
                    "kernel-log",
                    "/dev/kmsg, which the kubelet watches for kills by lack of memory",
                    "in a container: ln -s /dev/console /dev/kmsg",
                    SystemChecks::kernelLog),
            HostCheck.warning(
                    "security-module",
                    "SELinux not enforcing: the steps are untested with it",
                    "try the join on one such host first, or setenforce 0",
                    SystemChecks::securityModule),
            HostCheck.warning(
                    "time-sync",
                    "a service that keeps the clock right",
                    "systemctl enable --now systemd-timesyncd",
                    SystemChecks::timeSync));

    private SystemChecks() {}

    private static CheckResult root(CheckContext host) {
        CommandResult user = host.commands().run(List.of("id", "-u"), TIMEOUT);
        String id = user.output().strip();
        return user.succeeded() && id.matches("\\d+")
                ? CheckResult.require(id.equals("0"), "the agent runs as user " + id)
                : new CheckResult.Skipped("'id -u' gives no number");
    }

    private static CheckResult systemd(CheckContext host) {
        String init = host.text("/proc/1/comm");
        String system = host.probe().osRelease().getOrDefault("PRETTY_NAME", "this host");
        return CheckResult.require(
                host.hasSystemd(),
                system + " is run by " + (init.isEmpty() ? "something else" : init) + ", not by systemd");
    }

    private static CheckResult operatingSystem(CheckContext host) {
        Map<String, String> release = host.probe().osRelease();
        String id = release.getOrDefault("ID", "unknown") + " " + release.getOrDefault("VERSION_ID", "");
        return CheckResult.require(TESTED.contains(id), "this host is " + id.strip());
    }

    private static CheckResult programs(CheckContext host) {
        return CheckResult.ofDeviations(PROGRAMS.stream()
                .filter(program ->
                        DIRECTORIES.stream().noneMatch(directory -> host.files().exists(directory + "/" + program)))
                .map(program -> "there is no " + program)
                .toList());
    }

    private static CheckResult machineId(CheckContext host) {
        String id = host.text("/etc/machine-id");
        boolean own = MACHINE_ID.matcher(id).matches() && id.chars().anyMatch(digit -> digit != id.charAt(0));
        return CheckResult.require(own, "/etc/machine-id contains '" + id + "'");
    }

    private static CheckResult systemUuid(CheckContext host) {
        String uuid = host.probe().productUuid();
        if (uuid.isEmpty()) {
            return new CheckResult.Skipped("the firmware reports no UUID; the machine id is used instead");
        }
        return CheckResult.require(
                !SHARED_UUIDS.contains(uuid.toLowerCase(java.util.Locale.ROOT)),
                "the firmware's UUID " + uuid + " is one that many machines have");
    }

    private static CheckResult kernelLog(CheckContext host) {
        return CheckResult.require(host.files().exists("/dev/kmsg"), "there is no /dev/kmsg");
    }

    private static CheckResult securityModule(CheckContext host) {
        return CheckResult.require(!host.text("/sys/fs/selinux/enforce").equals("1"), "SELinux is enforcing");
    }

    private static CheckResult timeSync(CheckContext host) {
        if (host.files().exists("/run/systemd/container")) {
            return new CheckResult.Skipped("a container has its host's clock");
        }
        Stream<UnitState> services = CheckedUnits.TIME_SERVICES.stream().map(host::unit);
        return CheckResult.require(
                services.anyMatch(UnitState::isActive), "none of " + CheckedUnits.TIME_SERVICES + " is active");
    }
}
