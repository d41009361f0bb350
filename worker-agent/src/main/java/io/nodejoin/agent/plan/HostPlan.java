package io.nodejoin.agent.plan;

import io.nodejoin.agent.facts.HostSnapshot;
import io.nodejoin.agent.plan.HostStep.LoadModule;
import io.nodejoin.agent.plan.HostStep.MakeDirectory;
import io.nodejoin.agent.plan.HostStep.MaskUnit;
import io.nodejoin.agent.plan.HostStep.SetSysctl;
import io.nodejoin.agent.plan.HostStep.StartUnit;
import io.nodejoin.agent.plan.HostStep.SwitchSwapOff;
import io.nodejoin.agent.plan.HostStep.WriteFile;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.Finding.Severity;
import io.nodejoin.protocol.join.HostProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is left to do on a host until it is as its profile wants it.
 *
 * @param steps in the order in which they are done; empty if the host is ready
 * @param digest of what the profile wants, the same before and after the plan is done
 * @param findings what the host does not offer and can do without
 */
public record HostPlan(List<HostStep> steps, String digest, List<Finding> findings) {
    private static final List<String> MODULES = List.of("overlay", "br_netfilter");
    private static final String IP_FORWARD = "/proc/sys/net/ipv4/ip_forward";
    private static final String BRIDGE = "/proc/sys/net/bridge/bridge-nf-call-iptables";
    private static final String FSTAB = "/etc/fstab";
    private static final String MARKER = "#nodejoin# ";
    private static final String CONTAINERD = "containerd.service";

    private static final List<HostStep> TARGET = List.of(
            new MakeDirectory("/etc/modules-load.d", 0755),
            new WriteFile("/etc/modules-load.d/90-nodejoin.conf", "overlay\nbr_netfilter\n", 0644, false),
            new MakeDirectory("/etc/sysctl.d", 0755),
            new WriteFile(
                    "/etc/sysctl.d/90-nodejoin.conf",
                    "net.ipv4.ip_forward = 1\n-net.bridge.bridge-nf-call-iptables = 1\n",
                    0644,
                    false),
            new SetSysctl(IP_FORWARD, "1"),
            new SetSysctl(BRIDGE, "1"),
            new MakeDirectory("/etc/kubernetes", 0755),
            new MakeDirectory("/etc/kubernetes/manifests", 0755),
            new MakeDirectory("/etc/kubernetes/pki", 0755),
            new MakeDirectory("/var/lib/kubelet", 0750),
            new MakeDirectory("/run/nodejoin", 0700),
            new StartUnit(CONTAINERD));

    public HostPlan {
        steps = List.copyOf(steps);
        findings = List.copyOf(findings);
    }

    /** The paths whose state decides the plan. */
    public static Set<String> paths() {
        return Stream.concat(Stream.of(FSTAB), TARGET.stream().flatMap(step -> switch (step) {
                    case WriteFile file -> Stream.of(file.path());
                    case MakeDirectory directory -> Stream.of(directory.path());
                    case SetSysctl sysctl -> Stream.of(sysctl.file());
                    case HostStep.ClaimDirectory _, LoadModule _, SwitchSwapOff _, MaskUnit _, StartUnit _ ->
                        Stream.of();
                }))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The modules whose presence decides the plan. */
    public static List<String> modules() {
        return MODULES;
    }

    /** The units whose state decides the plan. */
    public static List<String> units() {
        return List.of(CONTAINERD);
    }

    /** The plan for a host that looks like this. The same host and profile give the same plan. */
    public static HostPlan of(HostProfile profile, HostSnapshot host) {
        List<HostStep> steps = new ArrayList<>(swapSteps(host));
        List<Finding> findings = new ArrayList<>();
        for (String module : MODULES) {
            if (!host.modules().contains(module)) {
                if (host.modulesLoadable()) {
                    steps.add(new LoadModule(module));
                } else {
                    findings.add(unavailable(module));
                }
            }
        }
        boolean bridging = host.contents().containsKey(BRIDGE) || steps.contains(new LoadModule("br_netfilter"));
        TARGET.stream()
                .filter(step -> !satisfied(step, host))
                .filter(step -> bridging || !step.equals(new SetSysctl(BRIDGE, "1")))
                .forEach(steps::add);
        return new HostPlan(steps, digest(profile), findings);
    }

    private static Finding unavailable(String module) {
        return new Finding(
                "kernel-module",
                Severity.INFO,
                "module " + module + " is not loaded and this host cannot load modules",
                "");
    }

    private static List<HostStep> swapSteps(HostSnapshot host) {
        List<HostStep> steps = new ArrayList<>();
        withoutSwap(host.contents().getOrDefault(FSTAB, ""))
                .ifPresent(fstab ->
                        steps.add(new WriteFile(FSTAB, fstab, host.modes().getOrDefault(FSTAB, 0644), false)));
        for (String device : host.swaps()) {
            steps.add(new SwitchSwapOff(device));
            steps.add(new MaskUnit(UnitName.ofPath(device, "swap")));
        }
        return steps;
    }

    private static Optional<String> withoutSwap(String fstab) {
        String changed = fstab.lines()
                .map(line -> mountsSwap(line) ? MARKER + line : line)
                .collect(Collectors.joining("\n", "", "\n"));
        return fstab.lines().anyMatch(HostPlan::mountsSwap) ? Optional.of(changed) : Optional.empty();
    }

    private static boolean mountsSwap(String line) {
        String[] fields = line.strip().split("\\s+", -1);
        return !line.strip().startsWith("#") && fields.length >= 3 && fields[2].equals("swap");
    }

    private static boolean satisfied(HostStep step, HostSnapshot host) {
        return switch (step) {
            case WriteFile file ->
                file.content().equals(host.contents().get(file.path()))
                        && Integer.valueOf(file.mode()).equals(host.modes().get(file.path()));
            case MakeDirectory directory -> present(directory, host);
            case SetSysctl sysctl ->
                sysctl.value()
                        .equals(host.contents().getOrDefault(sysctl.file(), "").strip());
            case StartUnit start -> host.runs(start.unit());
            case HostStep.ClaimDirectory _, LoadModule _, SwitchSwapOff _, MaskUnit _ -> false;
        };
    }

    /** A directory that is there and no wider than wanted is left as its owner made it. */
    private static boolean present(MakeDirectory directory, HostSnapshot host) {
        Integer mode = host.modes().get(directory.path());
        return mode != null && (mode & ~directory.mode() & 07777) == 0;
    }

    private static String digest(HostProfile profile) {
        return Sha256.hex(
                profile + "\n" + TARGET.stream().map(HostPlan::canonical).collect(Collectors.joining("\n")));
    }

    private static String canonical(HostStep step) {
        return step instanceof WriteFile file
                ? file.name() + " " + file.mode() + " " + file.content()
                : step.toString();
    }
}
