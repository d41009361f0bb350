package io.nodejoin.agent.preflight;

import io.nodejoin.agent.kubelet.KubeletRelease;
import io.nodejoin.agent.plan.Profile;
import io.nodejoin.protocol.agent.SwapPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks of the kernel: cgroups, modules, settings, memory. */
final class KernelChecks {
    private static final int FIRST_WITHOUT_CGROUP_V1 = 35;
    private static final String CONTROLLERS = "/sys/fs/cgroup/cgroup.controllers";
    private static final List<String> NEEDED_CONTROLLERS = List.of("cpu", "cpuset", "memory", "pids");
    private static final Pattern TOTAL_MEMORY = Pattern.compile("(?m)^MemTotal:\\s+(\\d{1,15}) kB$");
    private static final long KIB_PER_MIB = 1024;
    private static final long MIN_MEMORY_MIB = 1000;

    /**
     * The settings that the kubelet makes unless they are set already, and without which it exits; and those of the
     * plan.
     */
    private static final Map<String, String> SETTINGS = new TreeMap<>(Map.of(
            "/proc/sys/vm/overcommit_memory", "1",
            "/proc/sys/vm/panic_on_oom", "0",
            "/proc/sys/kernel/panic", "10",
            "/proc/sys/kernel/panic_on_oops", "1",
            "/proc/sys/kernel/keys/root_maxkeys", "1000000",
            "/proc/sys/kernel/keys/root_maxbytes", "25000000",
            "/proc/sys/net/ipv4/ip_forward", "1"));

    static final List<HostCheck> ALL = List.of(
            HostCheck.error(
                    "cgroup-version",
                    "control groups of version 2, for a kubelet of 1.35 or newer",
                    "boot with systemd.unified_cgroup_hierarchy=1, or set failCgroupV1: false in the kubelet's drop-in"
                            + " directory",
                    KernelChecks::cgroupVersion),
            HostCheck.error(
                    "cgroup-controllers",
                    "the control group controllers " + String.join(", ", NEEDED_CONTROLLERS),
                    "take cgroup_disable= off the kernel's command line; in a container: delegate them",
                    KernelChecks::cgroupControllers),
            HostCheck.warning(
                    "kernel-modules",
                    "the modules " + String.join(", ", Profile.MODULES) + ", loaded or to be had",
                    "install the modules of the running kernel, or reboot into the kernel that is installed",
                    KernelChecks::modules),
            HostCheck.error(
                    "kernel-settings",
                    "kernel settings that can be changed, or are as the kubelet requires",
                    "sysctl -w the named values outside of the container, or bind a file with them",
                    KernelChecks::settings),
            HostCheck.warning(
                    "swap",
                    "no swap, unless the cluster's swap policy is not off or the kubelet's drop-in directory says"
                            + " failSwapOn: false; a join switches swap off",
                    "swapoff -a, and take it out of /etc/fstab",
                    KernelChecks::swap),
            HostCheck.error(
                    "swap-policy",
                    "control groups of version 2, where the cluster's swap policy is LimitedSwap",
                    "boot with systemd.unified_cgroup_hierarchy=1, or give the cluster the swap policy NoSwap",
                    KernelChecks::swapPolicy),
            HostCheck.warning(
                    "memory",
                    "at least " + MIN_MEMORY_MIB + " MiB of memory",
                    "use a larger machine: kubelet and runtime alone take a quarter of that",
                    KernelChecks::memory));

    private KernelChecks() {}

    private static CheckResult cgroupVersion(CheckContext host) {
        int minor = KubeletChecks.release(host).map(KubeletRelease::minor).orElse(0);
        if (minor < FIRST_WITHOUT_CGROUP_V1 || host.dropIns().isDisabled("/failCgroupV1")) {
            return new CheckResult.Passed();
        }
        return CheckResult.require(
                host.files().exists(CONTROLLERS), "this host has control groups of version 1, or none");
    }

    private static CheckResult cgroupControllers(CheckContext host) {
        if (host.dropIns().isDisabled("/cgroupsPerQOS")) {
            return new CheckResult.Skipped("cgroupsPerQOS is off");
        }
        Set<String> offered = host.files().exists(CONTROLLERS)
                ? Set.copyOf(Arrays.asList(host.text(CONTROLLERS).split(" ", -1)))
                : Set.copyOf(firstVersion(host));
        return CheckResult.ofDeviations(NEEDED_CONTROLLERS.stream()
                .filter(controller -> !offered.contains(controller))
                .map(controller -> "there is no controller " + controller)
                .toList());
    }

    /** Returns the enabled controllers of cgroup version 1. */
    private static List<String> firstVersion(CheckContext host) {
        return host.text("/proc/cgroups")
                .lines()
                .map(line -> line.split("\t", -1))
                .filter(fields -> fields.length == 4 && fields[3].equals("1"))
                .map(fields -> fields[0])
                .toList();
    }

    private static CheckResult modules(CheckContext host) {
        if (host.probe().hasModules()) {
            return new CheckResult.Passed();
        }
        Set<String> loaded = host.probe().loadedModules(Profile.MODULES);
        return CheckResult.ofDeviations(Profile.MODULES.stream()
                .filter(module -> !loaded.contains(module))
                .map(module -> "module " + module + " is not loaded and this host has no modules for its kernel")
                .toList());
    }

    private static CheckResult settings(CheckContext host) {
        List<String> fixed = new ArrayList<>();
        SETTINGS.forEach((file, wanted) -> {
            String value = host.text(file);
            if (!value.isEmpty() && !value.equals(wanted) && host.probe().isReadOnly(file)) {
                fixed.add(file + " is " + value + " instead of " + wanted + " and read-only");
            }
        });
        return CheckResult.ofDeviations(fixed);
    }

    private static CheckResult swapPolicy(CheckContext host) {
        return CheckResult.require(
                host.expected().settings().swapPolicy() != SwapPolicy.LIMITED_SWAP
                        || host.files().exists(CONTROLLERS),
                "the cluster's swap policy is LimitedSwap, and this host has control groups of version 1, or none");
    }

    private static CheckResult swap(CheckContext host) {
        if (host.expected().settings().swapPolicy() != SwapPolicy.OFF) {
            return new CheckResult.Skipped("the cluster's swap policy leaves swap as it is");
        }
        if (host.dropIns().isDisabled("/failSwapOn")) {
            return new CheckResult.Skipped("the machine's settings tolerate swap");
        }
        return CheckResult.ofDeviations(host.probe().activeSwaps().stream()
                .map(device -> "swap is on: " + device)
                .toList());
    }

    private static CheckResult memory(CheckContext host) {
        Matcher total = TOTAL_MEMORY.matcher(host.text("/proc/meminfo"));
        if (!total.find()) {
            return new CheckResult.Skipped("/proc/meminfo does not say");
        }
        long mib = Long.parseLong(total.group(1)) / KIB_PER_MIB;
        return CheckResult.require(mib >= MIN_MEMORY_MIB, "this host has " + mib + " MiB of memory");
    }
}
