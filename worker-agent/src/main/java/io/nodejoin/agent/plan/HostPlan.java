package io.nodejoin.agent.plan;

import io.nodejoin.agent.containerd.ContainerdConfig;
import io.nodejoin.agent.facts.HostQuestions;
import io.nodejoin.agent.facts.HostSnapshot;
import io.nodejoin.agent.host.HostFailure;
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
 * What is left to do on a host until it is as its profile wants it.
 *
 * @param steps in the order in which they are done; empty if the host is ready
 * @param digest of what the profile wants, the same before and after the plan is done
 * @param findings what the host does not offer and can do without
 */
public record HostPlan(List<HostStep> steps, String digest, List<Finding> findings) {
    /** What stands in a text for bytes that are none. */
    private static final String NO_CHARACTER = "\uFFFD";

    public HostPlan {
        steps = List.copyOf(steps);
        findings = List.copyOf(findings);
    }

    /** What decides the plan of a profile. */
    public static HostQuestions questions(Profile profile) {
        List<ProfileStep> steps = flat(profile.steps()).toList();
        return new HostQuestions(
                steps.stream().flatMap(HostPlan::paths).collect(Collectors.toUnmodifiableSet()),
                Profile.MODULES,
                steps.stream().flatMap(HostPlan::units).distinct().toList(),
                steps.stream().flatMap(HostPlan::tables).collect(Collectors.toUnmodifiableSet()));
    }

    /**
     * The plan for a host that looks like this. The same host and profile give the same plan.
     *
     * @throws HostFailure if the host lacks what the profile builds on, or a file to be edited is no UTF-8
     */
    public static HostPlan of(Profile profile, HostSnapshot host) {
        List<Finding> findings = Profile.MODULES.stream()
                .filter(module -> !host.modules().contains(module) && !host.modulesLoadable())
                .map(HostPlan::unavailable)
                .toList();
        List<HostStep> steps = new Remaining(host).of(profile.steps());
        steps.forEach(HostPlan::requireText);
        return new HostPlan(steps, digest(profile), findings);
    }

    /** What an edited file held besides must come out as it went in. */
    private static void requireText(HostStep step) {
        if (step instanceof WriteFile file && file.content().contains(NO_CHARACTER)) {
            throw new HostFailure(
                    ErrorCode.HOST_PREPARE_FAILED,
                    file.path()
                            + " has bytes that are no UTF-8; it is left as it is (convert it, then ask for the join again)");
        }
    }

    private static Finding unavailable(String module) {
        return new Finding(
                "kernel-module",
                Severity.INFO,
                "module " + module + " is not loaded and this host cannot load modules",
                "");
    }

    /** The steps with those inside of others. */
    private static Stream<ProfileStep> flat(List<ProfileStep> steps) {
        return steps.stream()
                .flatMap(step -> step instanceof ProfileStep.WhileStopped(String _, List<ProfileStep> inner)
                        ? Stream.concat(flat(inner), Stream.of(step))
                        : Stream.of(step));
    }

    private static Stream<String> paths(ProfileStep wanted) {
        return switch (wanted) {
            case ProfileStep.Exactly(WriteFile file) -> Stream.of(file.path());
            case ProfileStep.Exactly(MakeDirectory directory) -> Stream.of(directory.path());
            case ProfileStep.Exactly(SetSysctl setting) -> Stream.of(setting.file());
            case ProfileStep.ModuleSetting(String _, SetSysctl setting) -> Stream.of(setting.file());
            case ProfileStep.NoLink(String link) -> Stream.of(Remaining.linkPath(link));
            case ProfileStep.MoreArguments(String unit, String dropIn, List<String> _) ->
                Stream.concat(
                        UnitText.places(unit).stream(),
                        Stream.of(dropIn, dropIn.substring(0, dropIn.lastIndexOf('/'))));
            case ProfileStep.NoSwap _ -> Swap.PATHS.stream();
            case ProfileStep.PodBridge _ ->
                Stream.of(PodNetwork.PARENT, PodNetwork.DIRECTORY, PodNetwork.DIRECTORY + "/*");
            case ProfileStep.ContainerdConfiguration _ -> ContainerdConfig.PATHS.stream();
            case ProfileStep.RegistryMirrors mirrors ->
                Stream.concat(ContainerdConfig.PATHS.stream(), Stream.of(mirrors.directory(), mirrors.file()));
            case ProfileStep.Exactly _, ProfileStep.Module _, ProfileStep.NoDockerRules _, ProfileStep.WhileStopped _ ->
                Stream.of();
        };
    }

    private static Stream<String> units(ProfileStep wanted) {
        if (wanted instanceof ProfileStep.Exactly(HostStep.StartUnit(String unit))) {
            return Stream.of(unit);
        }
        if (wanted instanceof ProfileStep.NoSwap) {
            return Swap.SERVICES.stream();
        }
        return wanted instanceof ProfileStep.WhileStopped(String unit, List<ProfileStep> _)
                ? Stream.of(unit)
                : Stream.of();
    }

    private static Stream<String> tables(ProfileStep wanted) {
        return wanted instanceof ProfileStep.NoDockerRules(String table) ? Stream.of(table) : Stream.of();
    }

    private static String digest(Profile profile) {
        return Sha256.hex(profile.word() + "\n"
                + flat(profile.steps()).map(HostPlan::canonical).collect(Collectors.joining("\n")));
    }

    private static String canonical(ProfileStep wanted) {
        return wanted instanceof ProfileStep.Exactly(WriteFile file)
                ? file.name() + " " + file.mode() + " " + file.content()
                : wanted.toString();
    }
}
