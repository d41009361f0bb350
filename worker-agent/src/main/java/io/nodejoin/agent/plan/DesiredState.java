package io.nodejoin.agent.plan;

import io.nodejoin.agent.containerd.ContainerdConfig;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.ContainerdSettings;
import io.nodejoin.protocol.event.PodCidrPolicy;
import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The desired state of a host, by profile. Data only: {@link DesiredStateDiff} determines the steps to reach it. */
public sealed interface DesiredState {
    /** Returns the desired state in a few words. */
    default String name() {
        return switch (this) {
            case NoSwap() ->
                "no swap, now and after a boot: swapoff, the swap lines of /etc/fstab, the swap units and the services "
                        + String.join(", ", SwapSources.SERVICES)
                        + ", masked, or with a condition that never holds where their file is in /etc/systemd/system";
            case LoadedModule(String module) -> "load module " + module;
            case ModuleSetting(String module, HostStep.SetSysctl setting) ->
                setting.name() + " to " + setting.value() + ", if module " + module + " is there";
            case StepApplied(HostStep step) -> step.name();
            case ExtraArguments(String unit, String dropIn, List<String> arguments) ->
                "write " + dropIn + ": run " + unit + " with " + String.join(" ", arguments);
            case ContainerdConfiguration _ ->
                "give containerd its settings in " + ContainerdConfig.FILE + ", or in " + ContainerdConfig.DROP_IN
                        + " where that is imported and merged";
            case RegistryMirrors mirrors -> "write " + mirrors.file();
            case PodBridge _ -> "write " + CniConfiguration.FILE + ", if there is no other network configuration";
            case NoDockerRules(String table) -> "remove Docker's rules and chains from the table " + table;
            case NoLink(String link) -> "delete the network interface " + link;
            case WhileStopped(String unit, List<DesiredState> _) ->
                "restart " + unit
                        + " around the steps above, if one of them is left to do; undone, it is restarted again";
        };
    }

    /** No swap, neither now nor after a reboot. */
    record NoSwap() implements DesiredState {}

    /** A module in the running kernel, if the host has modules. */
    record LoadedModule(String module) implements DesiredState {}

    /** A kernel setting of a module, if the module is loaded. */
    record ModuleSetting(String module, HostStep.SetSysctl setting) implements DesiredState {}

    /** A step whose effect can be read from the host. */
    record StepApplied(HostStep step) implements DesiredState {}

    /** More arguments for the program of a unit, by a drop-in: the vendor's unit file is not changed. */
    record ExtraArguments(String unit, String dropIn, List<String> arguments) implements DesiredState {
        public ExtraArguments {
            arguments = List.copyOf(arguments);
        }
    }

    /** containerd with the settings of a cluster. */
    record ContainerdConfiguration(ContainerdSettings settings) implements DesiredState {}

    /** The mirrors of a registry. */
    record RegistryMirrors(String registry, List<URI> mirrors) implements DesiredState {
        public RegistryMirrors {
            mirrors = List.copyOf(mirrors);
        }

        String directory() {
            return ContainerdConfig.REGISTRIES + "/" + registry;
        }

        String file() {
            return directory() + "/hosts.toml";
        }

        String content() {
            return mirrors.stream()
                    .map(mirror -> "[host.\"" + mirror + "\"]\n  capabilities = [\"pull\", \"resolve\"]\n")
                    .collect(Collectors.joining());
        }
    }

    /** A bridge as pod network, if the host has no other one. */
    record PodBridge(String podCidr) implements DesiredState {
        public PodBridge {
            if (PodCidrPolicy.violation(podCidr).isPresent()) {
                throw new HostException(ErrorCode.COMMAND_UNKNOWN, "the podCidr is no range of addresses for pods");
            }
        }
    }

    /** No chain of Docker, and no rule that jumps to one or names its bridges, in an iptables table. */
    record NoDockerRules(String table) implements DesiredState {
        /** Docker's chains, its default bridge, and the bridges of the networks that it has created. */
        private static final Pattern OWN = Pattern.compile(".* (DOCKER(-[A-Z0-9-]+)?|docker0|br-[0-9a-f]{12})( .*)?");

        /** Returns whether a line of {@code iptables --list-rules} is of Docker. */
        static boolean isDockerRule(String rule) {
            return OWN.matcher(rule).matches();
        }
    }

    /** No network interface of that name. */
    record NoLink(String link) implements DesiredState {}

    /** Steps that require a stopped unit; afterwards it is started and enabled. */
    record WhileStopped(String unit, List<DesiredState> steps) implements DesiredState {
        public WhileStopped {
            steps = List.copyOf(steps);
        }
    }
}
