package io.nodejoin.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.agent.discovery.TrustedCluster;
import io.nodejoin.agent.key.TestKeys;
import io.nodejoin.agent.kubelet.BootstrapKubeconfig;
import io.nodejoin.agent.kubelet.ClientCertificate;
import io.nodejoin.agent.kubelet.ClientKubeconfig;
import io.nodejoin.agent.kubelet.CriEndpoint;
import io.nodejoin.agent.kubelet.KubeletCredential;
import io.nodejoin.agent.kubelet.KubeletPaths;
import io.nodejoin.agent.kubelet.KubeletPlan;
import io.nodejoin.agent.plan.DesiredState;
import io.nodejoin.agent.plan.HostStep;
import io.nodejoin.agent.plan.Profile;
import io.nodejoin.agent.preflight.HostCheck;
import io.nodejoin.agent.preflight.HostChecks;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.agent.CgroupDriver;
import io.nodejoin.protocol.agent.ContainerdSettings;
import io.nodejoin.protocol.agent.Finding.Severity;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.protocol.agent.SwapPolicy;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.event.HostProfile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/hosts.md}, made from the code. */
class HostsPageTest {
    private static final Path PAGE = Path.of("..", "docs", "hosts.md");

    private static final String EPOCH = "1970-01-01-00-00-00";

    @Test
    void shouldKeepThePageOfHostsUpToDate() throws IOException {
        // given
        String made = "# Hosts\n\nMade from the code by `.ci/docs`.\n";

        // when
        String page = made + checks() + profiles() + settings() + kubelet();

        // then
        if (Boolean.getBoolean("nodejoin.docs.write")) {
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE).as("make it anew: .ci/docs").hasContent(page);
    }

    private static String checks() {
        return """

                ## Checks

                `nodejoin-agent preflight` looks at all of these and changes nothing; `--output json` is for programs, and
                `--api-server URL` and `--kubernetes-version VERSION` add what the agent cannot know before a join. It exits with 1 if a
                check of severity error fails. Each join begins with the same checks: an error ends it before there is a token, with all
                findings in its outcome. A check that the host's owner does not want goes by its name into `ignoredChecks` of
                `/etc/nodejoin/agent.json`, a list; its failure is then reported and ends nothing.

                | check | severity | the host should have | otherwise | error code |
                |---|---|---|---|---|
                """ + HostChecks.ALL.stream().map(HostsPageTest::row).collect(Collectors.joining());
    }

    /** A warning ends no join. */
    private static String code(HostCheck check) {
        return check.severity() == Severity.ERROR ? "`" + check.code() + "`" : "";
    }

    private static String profiles() {
        StringBuilder text = new StringBuilder("""

                ## Profiles

                A join names its host's profile (`hostProfile`). A step that is done already changes nothing; `nodejoin-agent plan` prints
                what is left, `--profile docker` for the other profile. Before the first step the state of everything that a step changes
                is in the agent's journal, and a failed or cancelled join takes all of it back, last step first, but for modules, which stay
                loaded until the next boot.
                """);
        for (HostProfile word : HostProfile.values()) {
            text.append("\n### ").append(word.name().toLowerCase(Locale.ROOT)).append("\n\n");
            number(text, lines(Profile.of(word).desiredStates()));
        }
        return text.toString();
    }

    private static String settings() {
        HostSettings all = new HostSettings(
                SwapPolicy.LIMITED_SWAP,
                new ContainerdSettings(
                        CgroupDriver.SYSTEMD, "pause", Map.of("registry", List.of(URI.create("https://mirror")))),
                null);
        List<String> usual =
                lines(Profile.of(HostProfile.CONTAINERD).desiredStates()).toList();
        List<String> other = lines(Profile.of(HostProfile.CONTAINERD, all, null).desiredStates())
                .toList();
        StringBuilder text = new StringBuilder("""

                ## Settings of a cluster

                A cluster's configuration may want more or less of its hosts: [host settings](operations/host-settings.md). With a swap
                policy other than off this is left out:

                """);
        number(text, usual.stream().filter(line -> !other.contains(line) && line.contains("swap")));
        text.append("\nWith a `podCidr` in the request, before containerd is started:\n\n");
        number(text, Stream.of(new DesiredState.PodBridge("10.244.3.0/24").name()));
        text.append("\nWith settings for containerd it is not only started:\n\n");
        number(text, other.stream().filter(line -> !usual.contains(line)));
        return text.toString();
    }

    private static Stream<String> lines(List<DesiredState> steps) {
        return steps.stream()
                .flatMap(step -> step instanceof DesiredState.WhileStopped(String _, List<DesiredState> inner)
                        ? Stream.concat(lines(inner), Stream.of(step.name()))
                        : Stream.of(line(step)));
    }

    private static String line(DesiredState step) {
        return step instanceof DesiredState.StepApplied(HostStep exact) ? line(exact) : step.name();
    }

    private static String line(HostStep step) {
        return switch (step) {
            case HostStep.WriteFile(String path, String _, int mode, boolean secret) ->
                "%s, mode %04o%s".formatted(step.name(), mode, secret ? secret(path) : "");
            case HostStep.MakeDirectory(String _, int mode) -> "%s, mode %04o".formatted(step.name(), mode);
            case HostStep.CreateLink(String _, String target) -> step.name() + " to " + target;
            case HostStep.SetSysctl(String _, String value) -> step.name() + " to " + value;
            case HostStep.ClaimDirectory _,
                    HostStep.LoadModule _,
                    HostStep.SwitchSwapOff _,
                    HostStep.MaskUnit _,
                    HostStep.StopUnit _,
                    HostStep.RemoveRule _,
                    HostStep.RemoveChain _,
                    HostStep.DeleteLink _,
                    HostStep.StartUnit _ -> step.name();
        };
    }

    private static String secret(String path) {
        return path.equals(KubeletPaths.BOOTSTRAP_KUBECONFIG)
                ? ", removed when the kubelet has its certificate"
                : ", with the private key";
    }

    private static void number(StringBuilder text, Stream<String> lines) {
        int number = 1;
        for (String line : lines.toList()) {
            text.append("%d. %s%n".formatted(number++, line));
        }
    }

    private static String kubelet() {
        TrustedCluster cluster = new TrustedCluster(URI.create("https://localhost"), List.of());
        ClientKubeconfig kubeconfig = new ClientKubeconfig(cluster);
        BootstrapKubeconfig bootstrap =
                new BootstrapKubeconfig(cluster, BootstrapToken.parse("abcdef.0123456789abcdef"));
        StringBuilder text = new StringBuilder("""

                ## Start of the kubelet

                Once the cluster is proven, in this order. The kubelet speaks to containerd, which is also under Docker; with the profile
                docker it speaks to cri-dockerd where `%s` is. What the kubelet puts into a claimed directory goes with the join
                when it is taken back.

                ### The agent requests the certificate

                The agent has created the key when it prepared the host, in `/var/lib/nodejoin/kubelet.key`, mode 0600, and erases that file
                at the end of the join or when the join is taken back. The token lies in no file.

                """.formatted(CriEndpoint.CRI_DOCKERD.socket()));
        ClientCertificate certificate =
                new ClientCertificate(List.of(), TestKeys.generate().getPrivate(), Instant.EPOCH);
        List<HostStep> start = KubeletPlan.startSteps(kubeconfig.steps(certificate));
        Stream<String> files = plan(kubeconfig).fileSteps().stream().map(HostsPageTest::line);
        Stream<String> rest = start.stream().map(step -> line(step).replace(EPOCH, "DATE"));
        number(
                text,
                Stream.of(files, Stream.of("request the client certificate"), rest)
                        .flatMap(Function.identity()));
        text.append("""

                ### The kubelet requests the certificate

                """);
        number(text, plan(bootstrap).steps().stream().map(HostsPageTest::line));
        return text.toString();
    }

    private static KubeletPlan plan(KubeletCredential credential) {
        return new KubeletPlan(
                new NodeName("node"),
                new HostCommand.KubeletSettings(null, null, List.of(), null),
                HostSettings.DEFAULT,
                credential,
                "kubelet",
                CriEndpoint.CONTAINERD,
                false);
    }

    private static String row(HostCheck check) {
        return "| `%s` | %s | %s | %s | %s |\n"
                .formatted(
                        check.name(),
                        check.severity().name().toLowerCase(Locale.ROOT),
                        check.expectation(),
                        check.remedy(),
                        code(check));
    }
}
