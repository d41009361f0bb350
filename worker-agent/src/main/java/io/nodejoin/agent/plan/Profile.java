package io.nodejoin.agent.plan;

import io.nodejoin.agent.plan.HostStep.MakeDirectory;
import io.nodejoin.agent.plan.HostStep.SetSysctl;
import io.nodejoin.agent.plan.HostStep.StartUnit;
import io.nodejoin.agent.plan.HostStep.WriteFile;
import io.nodejoin.agent.plan.ProfileStep.Exactly;
import io.nodejoin.protocol.agent.ContainerdSettings;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.protocol.agent.SwapPolicy;
import io.nodejoin.protocol.join.HostProfile;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a profile makes of a host, in order. Another profile is another list. */
public record Profile(HostProfile word, List<ProfileStep> steps) {
    /** The modules of every profile. */
    public static final List<String> MODULES = List.of("overlay", "br_netfilter");

    /** The drop-in that makes Docker leave the network alone: where it is, the host has the profile docker. */
    public static final String DOCKER_DROP_IN = "/etc/systemd/system/docker.service.d/90-nodejoin.conf";

    private static final List<ProfileStep> EVERY_HOST = List.of(
            new ProfileStep.Module("overlay"),
            new ProfileStep.Module("br_netfilter"),
            new Exactly(new MakeDirectory("/etc/modules-load.d", 0755)),
            new Exactly(new WriteFile("/etc/modules-load.d/90-nodejoin.conf", "overlay\nbr_netfilter\n", 0644, false)),
            new Exactly(new MakeDirectory("/etc/sysctl.d", 0755)),
            new Exactly(new WriteFile(
                    "/etc/sysctl.d/90-nodejoin.conf",
                    "net.ipv4.ip_forward = 1\n-net.bridge.bridge-nf-call-iptables = 1\n",
                    0644,
                    false)),
            new Exactly(new SetSysctl("/proc/sys/net/ipv4/ip_forward", "1")),
            new ProfileStep.ModuleSetting(
                    "br_netfilter", new SetSysctl("/proc/sys/net/bridge/bridge-nf-call-iptables", "1")),
            new Exactly(new MakeDirectory("/etc/kubernetes", 0755)),
            new Exactly(new MakeDirectory("/etc/kubernetes/manifests", 0755)),
            new Exactly(new MakeDirectory("/etc/kubernetes/pki", 0755)),
            new Exactly(new MakeDirectory("/var/lib/kubelet", 0750)),
            new Exactly(new MakeDirectory("/run/nodejoin", 0700)));

    /** Docker without a bridge, rules or masquerading of its own: the network of the pods is the cluster's. */
    private static final List<ProfileStep> DOCKER = List.of(new ProfileStep.WhileStopped(
            "docker.service",
            List.of(
                    new ProfileStep.MoreArguments(
                            "docker.service",
                            DOCKER_DROP_IN,
                            List.of("--bridge=none", "--iptables=false", "--ip-masq=false")),
                    new ProfileStep.NoDockerRules("nat"),
                    new ProfileStep.NoLink("docker0"))));

    public Profile {
        steps = List.copyOf(steps);
    }

    /** The profile of that word, for a cluster that wants nothing else. */
    public static Profile of(HostProfile word) {
        return of(word, HostSettings.NONE, null);
    }

    /**
     * The profile of that word, for a cluster with these settings.
     *
     * @param podCidr the addresses of a bridge for pods, if there is to be one
     */
    public static Profile of(HostProfile word, HostSettings settings, @Nullable String podCidr) {
        List<ProfileStep> more = switch (word) {
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
    private static List<ProfileStep> containerd(@Nullable ContainerdSettings settings) {
        String unit = "containerd.service";
        if (settings == null) {
            return List.of(new Exactly(new StartUnit(unit)));
        }
        Stream<ProfileStep> mirrors = settings.registryMirrors().entrySet().stream()
                .<ProfileStep>map(entry -> new ProfileStep.RegistryMirrors(entry.getKey(), entry.getValue()));
        ProfileStep configured =
                new ProfileStep.WhileStopped(unit, List.of(new ProfileStep.ContainerdConfiguration(settings)));
        return Stream.concat(mirrors, Stream.of(configured)).toList();
    }

    private static List<ProfileStep> bridge(@Nullable String podCidr) {
        return podCidr == null ? List.of() : List.of(new ProfileStep.PodBridge(podCidr));
    }

    private static List<ProfileStep> swap(SwapPolicy policy) {
        return switch (policy) {
            case OFF -> List.of(new ProfileStep.NoSwap());
            case NO_SWAP, LIMITED_SWAP -> List.of();
        };
    }
}
