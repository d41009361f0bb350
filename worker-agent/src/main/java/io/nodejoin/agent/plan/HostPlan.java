package io.nodejoin.agent.plan;

import io.nodejoin.agent.containerd.ContainerdConfig;
import io.nodejoin.agent.facts.HostQueries;
import io.nodejoin.agent.facts.HostSnapshot;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.plan.HostStep.MakeDirectory;
import io.nodejoin.agent.plan.HostStep.SetSysctl;
import io.nodejoin.agent.plan.HostStep.WriteFile;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.Finding.Severity;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The steps that bring a host into the state of its profile.
 *
 * @param steps in the order of execution; empty if the host is ready
 * @param digest digest of the desired state, the same before and after the steps
 * @param findings what the host lacks and can do without
 */
public record HostPlan(List<HostStep> steps, String digest, List<Finding> findings) {
    /** Replaces bytes that are not UTF-8. */
    private static final String REPLACEMENT_CHARACTER = "\uFFFD";

    public HostPlan {
        steps = List.copyOf(steps);
        findings = List.copyOf(findings);
    }

    /** Returns the host state that decides a profile's plan. */
    public static HostQueries queries(Profile profile) {
        List<DesiredState> steps = flatten(profile.desiredStates()).toList();
        return new HostQueries(
                steps.stream().flatMap(HostPlan::paths).collect(Collectors.toUnmodifiableSet()),
                Profile.MODULES,
                steps.stream().flatMap(HostPlan::units).distinct().toList(),
                steps.stream().flatMap(HostPlan::tables).collect(Collectors.toUnmodifiableSet()));
    }

    /**
     * Returns the plan for a host in this state. Deterministic.
     *
     * @throws HostException if the host lacks what the profile requires, or a file to be edited is not UTF-8
     */
    public static HostPlan create(Profile profile, HostSnapshot host) {
        List<Finding> findings = Profile.MODULES.stream()
                .filter(module -> !host.modules().contains(module) && !host.modulesLoadable())
                .map(HostPlan::unavailable)
                .toList();
        List<HostStep> steps = new DesiredStateDiff(host).missingSteps(profile.desiredStates());
        steps.forEach(HostPlan::requireText);
        return new HostPlan(steps, digest(profile), findings);
    }

    /** Returns the names of the steps after which a program or a person may miss something that was there. */
    public List<String> disturbingSteps() {
        return steps.stream().filter(HostStep::disturbs).map(HostStep::name).toList();
    }

    /** The rest of an edited file must stay the same, byte for byte. */
    private static void requireText(HostStep step) {
        if (step instanceof WriteFile file && file.content().contains(REPLACEMENT_CHARACTER)) {
            throw new HostException(
                    ErrorCode.HOST_PREPARE_FAILED,
                    file.path() + " is not UTF-8 and is not changed (convert it, then send the join request again)");
        }
    }

    private static Finding unavailable(String module) {
        return new Finding(
                "kernel-module",
                Severity.INFO,
                "module " + module + " is not loaded and this host cannot load modules",
                "");
    }

    /** Returns the steps and those nested in others. */
    private static Stream<DesiredState> flatten(List<DesiredState> steps) {
        return steps.stream()
                .flatMap(step -> step instanceof DesiredState.WhileStopped(String _, List<DesiredState> inner)
                        ? Stream.concat(flatten(inner), Stream.of(step))
                        : Stream.of(step));
    }

    private static Stream<String> paths(DesiredState wanted) {
        return switch (wanted) {
            case DesiredState.StepApplied(WriteFile file) -> Stream.of(file.path());
            case DesiredState.StepApplied(MakeDirectory directory) -> Stream.of(directory.path());
            case DesiredState.StepApplied(SetSysctl setting) -> Stream.of(setting.file());
            case DesiredState.ModuleSetting(String _, SetSysctl setting) -> Stream.of(setting.file());
            case DesiredState.NoLink(String link) -> Stream.of(DesiredStateDiff.linkPath(link));
            case DesiredState.ExtraArguments(String unit, String dropIn, List<String> _) ->
                Stream.concat(
                        UnitFile.searchPath(unit).stream(),
                        Stream.of(dropIn, dropIn.substring(0, dropIn.lastIndexOf('/'))));
            case DesiredState.NoSwap _ -> SwapSources.PATHS.stream();
            case DesiredState.PodBridge _ ->
                Stream.of(CniConfiguration.PARENT, CniConfiguration.DIRECTORY, CniConfiguration.DIRECTORY + "/*");
            case DesiredState.ContainerdConfiguration _ -> ContainerdConfig.PATHS.stream();
            case DesiredState.RegistryMirrors mirrors ->
                Stream.concat(ContainerdConfig.PATHS.stream(), Stream.of(mirrors.directory(), mirrors.file()));
            case DesiredState.StepApplied _,
                    DesiredState.LoadedModule _,
                    DesiredState.NoDockerRules _,
                    DesiredState.WhileStopped _ -> Stream.of();
        };
    }

    private static Stream<String> units(DesiredState wanted) {
        if (wanted instanceof DesiredState.StepApplied(HostStep.StartUnit(String unit))) {
            return Stream.of(unit);
        }
        if (wanted instanceof DesiredState.NoSwap) {
            return SwapSources.SERVICES.stream();
        }
        return wanted instanceof DesiredState.WhileStopped(String unit, List<DesiredState> _)
                ? Stream.of(unit)
                : Stream.of();
    }

    private static Stream<String> tables(DesiredState wanted) {
        return wanted instanceof DesiredState.NoDockerRules(String table) ? Stream.of(table) : Stream.of();
    }

    private static String digest(Profile profile) {
        return Sha256.hex(profile.name() + "\n"
                + flatten(profile.desiredStates()).map(HostPlan::canonical).collect(Collectors.joining("\n")));
    }

    private static String canonical(DesiredState wanted) {
        return wanted instanceof DesiredState.StepApplied(WriteFile file)
                ? file.name() + " " + file.mode() + " " + file.content()
                : wanted.toString();
    }
}
