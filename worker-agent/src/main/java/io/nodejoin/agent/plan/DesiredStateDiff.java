package io.nodejoin.agent.plan;

import io.nodejoin.agent.containerd.ContainerdConfig;
import io.nodejoin.agent.facts.HostSnapshot;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.plan.HostStep.LoadModule;
import io.nodejoin.agent.plan.HostStep.MakeDirectory;
import io.nodejoin.agent.plan.HostStep.MaskUnit;
import io.nodejoin.agent.plan.HostStep.SetSysctl;
import io.nodejoin.agent.plan.HostStep.StartUnit;
import io.nodejoin.agent.plan.HostStep.SwitchSwapOff;
import io.nodejoin.agent.plan.HostStep.WriteFile;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.ContainerdSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Determines the steps that a host needs to reach its desired state. Pure. */
record DesiredStateDiff(HostSnapshot host) {
    private static final String LINKS = "/sys/class/net/";
    /** Setgid and the sticky bit give no access. */
    private static final int PERMISSIONS = 0777;

    private static final String CONTAINERD = "/etc/containerd";

    List<HostStep> missingSteps(List<DesiredState> wanted) {
        return wanted.stream().flatMap(step -> missingSteps(step).stream()).toList();
    }

    private List<HostStep> missingSteps(DesiredState wanted) {
        return switch (wanted) {
            case DesiredState.NoSwap _ -> new SwapSources(host).disableSteps();
            case DesiredState.LoadedModule(String module) ->
                isModuleAvailable(module) ? List.of(new LoadModule(module)) : List.of();
            case DesiredState.ModuleSetting(String module, SetSysctl setting) ->
                host.contents().containsKey(setting.file()) || isModuleAvailable(module)
                        ? unlessSatisfied(setting)
                        : List.of();
            case DesiredState.StepApplied(HostStep step) -> unlessSatisfied(step);
            case DesiredState.ExtraArguments more -> arguments(more);
            case DesiredState.ContainerdConfiguration(ContainerdSettings settings) -> containerd(settings);
            case DesiredState.RegistryMirrors mirrors ->
                missingSteps(List.of(
                        directory(CONTAINERD),
                        directory(ContainerdConfig.REGISTRIES),
                        directory(mirrors.directory()),
                        new DesiredState.StepApplied(new WriteFile(mirrors.file(), mirrors.content(), 0644, false))));
            case DesiredState.PodBridge(String podCidr) -> bridge(podCidr);
            case DesiredState.NoDockerRules(String table) -> rules(table);
            case DesiredState.NoLink(String link) ->
                host.modes().containsKey(linkPath(link)) ? List.of(new HostStep.DeleteLink(link)) : List.of();
            case DesiredState.WhileStopped(String unit, List<DesiredState> steps) ->
                whileStopped(unit, missingSteps(steps));
        };
    }

    /** Returns a path that exists exactly as long as the network interface. */
    static String linkPath(String link) {
        return LINKS + link;
    }

    private boolean isModuleAvailable(String module) {
        return !host.modules().contains(module) && host.modulesLoadable();
    }

    private List<HostStep> unlessSatisfied(HostStep step) {
        return isSatisfied(step) ? List.of() : List.of(step);
    }

    private boolean isSatisfied(HostStep step) {
        return switch (step) {
            case WriteFile file ->
                file.content().equals(host.contents().get(file.path()))
                        && Integer.valueOf(file.mode()).equals(host.modes().get(file.path()));
            case MakeDirectory directory -> isPresent(directory);
            case SetSysctl sysctl ->
                sysctl.value()
                        .equals(host.contents().getOrDefault(sysctl.file(), "").strip());
            case StartUnit start -> host.isRunning(start.unit());
            case HostStep.ClaimDirectory _,
                    HostStep.CreateLink _,
                    LoadModule _,
                    SwitchSwapOff _,
                    MaskUnit _,
                    HostStep.StopUnit _,
                    HostStep.RemoveRule _,
                    HostStep.RemoveChain _,
                    HostStep.DeleteLink _ -> false;
        };
    }

    /** An existing directory whose mode is not wider than desired is not changed. */
    private boolean isPresent(MakeDirectory directory) {
        Integer mode = host.modes().get(directory.path());
        return mode != null && (mode & ~directory.mode() & PERMISSIONS) == 0;
    }

    private List<HostStep> arguments(DesiredState.ExtraArguments more) {
        String command = UnitFile.searchPath(more.unit()).stream()
                .filter(host.contents()::containsKey)
                .findFirst()
                .flatMap(place -> new UnitFile(host.contents().getOrDefault(place, "")).execStart())
                .orElseThrow(() -> new HostException(
                        ErrorCode.HOST_PREPARE_FAILED,
                        "there is no unit " + more.unit() + " with one ExecStart= at "
                                + String.join(" or ", UnitFile.searchPath(more.unit()))));
        String content =
                "[Service]\nExecStart=\nExecStart=" + command + " " + String.join(" ", more.arguments()) + "\n";
        String directory = more.dropIn().substring(0, more.dropIn().lastIndexOf('/'));
        return missingSteps(List.of(
                new DesiredState.StepApplied(new MakeDirectory(directory, 0755)),
                new DesiredState.StepApplied(new WriteFile(more.dropIn(), content, 0644, false))));
    }

    private List<HostStep> containerd(ContainerdSettings settings) {
        ContainerdConfig.TargetFile target =
                new ContainerdConfig(host.contents().getOrDefault(ContainerdConfig.FILE, "")).withSettings(settings);
        int mode = host.modes().getOrDefault(target.path(), 0644);
        return missingSteps(List.of(
                directory(target.path().substring(0, target.path().lastIndexOf('/'))),
                new DesiredState.StepApplied(new WriteFile(target.path(), target.content(), mode, false))));
    }

    private List<HostStep> bridge(String podCidr) {
        Stream<String> there =
                host.modes().keySet().stream().filter(path -> path.startsWith(CniConfiguration.DIRECTORY + "/"));
        if (CniConfiguration.otherConfigurations(there).findAny().isPresent()) {
            return List.of();
        }
        return missingSteps(List.of(
                directory(CniConfiguration.PARENT),
                directory(CniConfiguration.DIRECTORY),
                new DesiredState.StepApplied(new WriteFile(
                        CniConfiguration.FILE, CniConfiguration.bridgeConfiguration(podCidr), 0644, false))));
    }

    private static DesiredState directory(String path) {
        return new DesiredState.StepApplied(new MakeDirectory(path, 0755));
    }

    /** Removes rules before the chains that they jump to. */
    private List<HostStep> rules(String table) {
        List<String> rules = host.rules().getOrDefault(table, List.of());
        Stream<HostStep> leading = rules.stream()
                .filter(rule -> rule.startsWith("-A ") && DesiredState.NoDockerRules.isDockerRule(rule))
                .map(rule -> new HostStep.RemoveRule(
                        table, Arrays.asList(rule.substring("-A ".length()).split(" ", -1))));
        Stream<HostStep> chains = rules.stream()
                .filter(rule -> rule.startsWith("-N ") && DesiredState.NoDockerRules.isDockerRule(rule))
                .map(rule -> new HostStep.RemoveChain(table, rule.substring("-N ".length())));
        return Stream.concat(leading, chains).toList();
    }

    private List<HostStep> whileStopped(String unit, List<HostStep> steps) {
        if (steps.isEmpty()) {
            return unlessSatisfied(new StartUnit(unit));
        }
        List<HostStep> around = new ArrayList<>();
        around.add(new HostStep.StopUnit(unit));
        around.addAll(steps);
        around.add(new StartUnit(unit));
        return around;
    }
}
