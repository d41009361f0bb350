package io.nodejoin.agent.plan;

import io.nodejoin.agent.containerd.ContainerdConfig;
import io.nodejoin.agent.facts.HostSnapshot;
import io.nodejoin.agent.host.HostFailure;
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

/** Which steps a host still needs until it is as a profile wants it. A pure function of the host as it was seen. */
record Remaining(HostSnapshot host) {
    private static final String LINKS = "/sys/class/net/";
    /** Setgid and the sticky bit open a directory to nobody. */
    private static final int PERMISSIONS = 0777;

    private static final String CONTAINERD = "/etc/containerd";

    List<HostStep> of(List<ProfileStep> wanted) {
        return wanted.stream().flatMap(step -> of(step).stream()).toList();
    }

    private List<HostStep> of(ProfileStep wanted) {
        return switch (wanted) {
            case ProfileStep.NoSwap _ -> new Swap(host).off();
            case ProfileStep.Module(String module) -> loads(module) ? List.of(new LoadModule(module)) : List.of();
            case ProfileStep.ModuleSetting(String module, SetSysctl setting) ->
                host.contents().containsKey(setting.file()) || loads(module) ? unless(setting) : List.of();
            case ProfileStep.Exactly(HostStep step) -> unless(step);
            case ProfileStep.MoreArguments more -> arguments(more);
            case ProfileStep.ContainerdConfiguration(ContainerdSettings settings) -> containerd(settings);
            case ProfileStep.RegistryMirrors mirrors ->
                of(List.of(
                        directory(CONTAINERD),
                        directory(ContainerdConfig.REGISTRIES),
                        directory(mirrors.directory()),
                        new ProfileStep.Exactly(new WriteFile(mirrors.file(), mirrors.content(), 0644, false))));
            case ProfileStep.PodBridge(String podCidr) -> bridge(podCidr);
            case ProfileStep.NoDockerRules(String table) -> rules(table);
            case ProfileStep.NoLink(String link) ->
                host.modes().containsKey(linkPath(link)) ? List.of(new HostStep.DeleteLink(link)) : List.of();
            case ProfileStep.WhileStopped(String unit, List<ProfileStep> steps) -> whileStopped(unit, of(steps));
        };
    }

    /** What names a network interface while it is there. */
    static String linkPath(String link) {
        return LINKS + link;
    }

    private boolean loads(String module) {
        return !host.modules().contains(module) && host.modulesLoadable();
    }

    private List<HostStep> unless(HostStep step) {
        return satisfied(step) ? List.of() : List.of(step);
    }

    private boolean satisfied(HostStep step) {
        return switch (step) {
            case WriteFile file ->
                file.content().equals(host.contents().get(file.path()))
                        && Integer.valueOf(file.mode()).equals(host.modes().get(file.path()));
            case MakeDirectory directory -> present(directory);
            case SetSysctl sysctl ->
                sysctl.value()
                        .equals(host.contents().getOrDefault(sysctl.file(), "").strip());
            case StartUnit start -> host.runs(start.unit());
            case HostStep.ClaimDirectory _,
                    LoadModule _,
                    SwitchSwapOff _,
                    MaskUnit _,
                    HostStep.StopUnit _,
                    HostStep.RemoveRule _,
                    HostStep.RemoveChain _,
                    HostStep.DeleteLink _ -> false;
        };
    }

    /** A directory that is there and no wider than wanted is left as its owner made it. */
    private boolean present(MakeDirectory directory) {
        Integer mode = host.modes().get(directory.path());
        return mode != null && (mode & ~directory.mode() & PERMISSIONS) == 0;
    }

    private List<HostStep> arguments(ProfileStep.MoreArguments more) {
        String command = UnitText.places(more.unit()).stream()
                .filter(host.contents()::containsKey)
                .findFirst()
                .flatMap(place -> new UnitText(host.contents().getOrDefault(place, "")).command())
                .orElseThrow(() -> new HostFailure(
                        ErrorCode.HOST_PREPARE_FAILED,
                        "there is no unit " + more.unit() + " with one ExecStart= at "
                                + String.join(" or ", UnitText.places(more.unit()))));
        String content =
                "[Service]\nExecStart=\nExecStart=" + command + " " + String.join(" ", more.arguments()) + "\n";
        String directory = more.dropIn().substring(0, more.dropIn().lastIndexOf('/'));
        return of(List.of(
                new ProfileStep.Exactly(new MakeDirectory(directory, 0755)),
                new ProfileStep.Exactly(new WriteFile(more.dropIn(), content, 0644, false))));
    }

    private List<HostStep> containerd(ContainerdSettings settings) {
        ContainerdConfig.Target target =
                new ContainerdConfig(host.contents().getOrDefault(ContainerdConfig.FILE, "")).with(settings);
        int mode = host.modes().getOrDefault(target.path(), 0644);
        return of(List.of(
                directory(target.path().substring(0, target.path().lastIndexOf('/'))),
                new ProfileStep.Exactly(new WriteFile(target.path(), target.content(), mode, false))));
    }

    private List<HostStep> bridge(String podCidr) {
        Stream<String> there =
                host.modes().keySet().stream().filter(path -> path.startsWith(PodNetwork.DIRECTORY + "/"));
        if (PodNetwork.others(there).findAny().isPresent()) {
            return List.of();
        }
        return of(List.of(
                directory(PodNetwork.PARENT),
                directory(PodNetwork.DIRECTORY),
                new ProfileStep.Exactly(new WriteFile(PodNetwork.FILE, PodNetwork.bridge(podCidr), 0644, false))));
    }

    private static ProfileStep directory(String path) {
        return new ProfileStep.Exactly(new MakeDirectory(path, 0755));
    }

    /** Rules go before the chains that they lead to. */
    private List<HostStep> rules(String table) {
        List<String> rules = host.rules().getOrDefault(table, List.of());
        Stream<HostStep> leading = rules.stream()
                .filter(rule -> rule.startsWith("-A ") && DockerRules.has(rule))
                .map(rule -> new HostStep.RemoveRule(
                        table, Arrays.asList(rule.substring("-A ".length()).split(" ", -1))));
        Stream<HostStep> chains = rules.stream()
                .filter(rule -> rule.startsWith("-N ") && DockerRules.has(rule))
                .map(rule -> new HostStep.RemoveChain(table, rule.substring("-N ".length())));
        return Stream.concat(leading, chains).toList();
    }

    private List<HostStep> whileStopped(String unit, List<HostStep> steps) {
        if (steps.isEmpty()) {
            return unless(new StartUnit(unit));
        }
        List<HostStep> around = new ArrayList<>();
        around.add(new HostStep.StopUnit(unit));
        around.addAll(steps);
        around.add(new StartUnit(unit));
        return around;
    }
}
