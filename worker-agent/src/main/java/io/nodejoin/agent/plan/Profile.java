package io.nodejoin.agent.plan;

import io.nodejoin.agent.plan.DesiredState.StepApplied;
import io.nodejoin.agent.plan.HostStep.MakeDirectory;
import io.nodejoin.agent.plan.HostStep.SetSysctl;
import io.nodejoin.agent.plan.HostStep.StartUnit;
import io.nodejoin.agent.plan.HostStep.WriteFile;
import io.nodejoin.protocol.agent.ContainerdSettings;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.protocol.agent.SwapPolicy;
import io.nodejoin.protocol.event.HostProfile;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The desired states of a host profile, in order. Another profile is another list. */
public record Profile(HostProfile name, List<DesiredState> desiredStates) {
    /** The kernel modules of every profile. */
    public static final List<String> MODULES = List.of("overlay", "br_netfilter");

    /** The drop-in that makes Docker leave the network alone: a host with this file has the profile docker. */
    public static final String DOCKER_DROP_IN = "/etc/systemd/system/docker.service.d/90-nodejoin.conf";

    private static final List<DesiredState> EVERY_HOST = List.of(
            new DesiredState.LoadedModule("overlay"),
            new DesiredState.LoadedModule("br_netfilter"),
            new StepApplied(new MakeDirectory("/etc/modules-load.d", 0755)),
            new StepApplied(
                    new WriteFile("/etc/modules-load.d/90-nodejoin.conf", "overlay\nbr_netfilter\n", 0644, false)),
            new StepApplied(new MakeDirectory("/etc/sysctl.d", 0755)),
            new StepApplied(new WriteFile(
                    "/etc/sysctl.d/90-nodejoin.conf",
                    "net.ipv4.ip_forward = 1\n-net.bridge.bridge-nf-call-iptables = 1\n",
                    0644,
                    false)),
            new StepApplied(new SetSysctl("/proc/sys/net/ipv4/ip_forward", "1")),
            new DesiredState.ModuleSetting(
                    "br_netfilter", new SetSysctl("/proc/sys/net/bridge/bridge-nf-call-iptables", "1")),
            new StepApplied(new MakeDirectory("/etc/kubernetes", 0755)),
            new StepApplied(new MakeDirectory("/etc/kubernetes/manifests", 0755)),
            new StepApplied(new MakeDirectory("/etc/kubernetes/pki", 0755)),
            new StepApplied(new MakeDirectory("/var/lib/kubelet", 0750)));

    /** Docker without a bridge, rules or masquerading of its own: the pod network is the cluster's. */
    private static final List<DesiredState> DOCKER = List.of(new DesiredState.WhileStopped(
            "docker.service",
            List.of(
                    new DesiredState.ExtraArguments(
                            "docker.service",
                            DOCKER_DROP_IN,
                            List.of("--bridge=none", "--iptables=false", "--ip-masq=false")),
                    new DesiredState.NoDockerRules("nat"),
                    new DesiredState.NoLink("docker0"))));

    public Profile {
        desiredStates = List.copyOf(desiredStates);
    }

    /** Returns the profile of this name, for a cluster without settings. */
    public static Profile of(HostProfile word) {
        return of(word, HostSettings.DEFAULT, null);
    }

    /**
     * Returns the profile of this name, for a cluster with these settings.
     *
     * @param podCidr the address range of a bridge for pods, if there is one
     */
    public static Profile of(HostProfile word, HostSettings settings, @Nullable String podCidr) {
        List<DesiredState> more = switch (word) {
            case CONTAINERD -> List.of();
            case DOCKER -> DOCKER;
        };
        return new Profile(
                word,
                Stream.of(
                                swap(settings.swapPolicy()),
                                EVERY_HOST,
                                bridge(podCidr),
                                containerd(settings.containerd()),
                                more)
                        .flatMap(List::stream)
                        .toList());
    }

    /** Mirrors are read at each pull, so they need no restart. */
    private static List<DesiredState> containerd(@Nullable ContainerdSettings settings) {
        String unit = "containerd.service";
        if (settings == null) {
            return List.of(new StepApplied(new StartUnit(unit)));
        }
        Stream<DesiredState> mirrors = settings.registryMirrors().entrySet().stream()
                .<DesiredState>map(entry -> new DesiredState.RegistryMirrors(entry.getKey(), entry.getValue()));
        DesiredState configured =
                new DesiredState.WhileStopped(unit, List.of(new DesiredState.ContainerdConfiguration(settings)));
        return Stream.concat(mirrors, Stream.of(configured)).toList();
    }

    private static List<DesiredState> bridge(@Nullable String podCidr) {
        return podCidr == null ? List.of() : List.of(new DesiredState.PodBridge(podCidr));
    }

    private static List<DesiredState> swap(SwapPolicy policy) {
        return switch (policy) {
            case OFF -> List.of(new DesiredState.NoSwap());
            case NO_SWAP, LIMITED_SWAP -> List.of();
        };
    }
}
